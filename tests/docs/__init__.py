"""The executed pages of `experiments/docs`: made by ``python -m tests.docs.make``, run again by the long tests."""
