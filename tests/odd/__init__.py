"""The maker of the generated sections of the model's documentation."""
