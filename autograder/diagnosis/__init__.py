"""Why did it fail? From what was observed to what a student should read."""
