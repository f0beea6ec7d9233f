"""The command line: finds the verb, reads its options, prints help and completion."""
