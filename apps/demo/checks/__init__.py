"""The checks of `./dev demo --check`, one file for each subject."""
