"""Which documents there are, how they come in and go, and which state of them is in force for whom."""
