"""Is the course sound? What `autograde verify` proves, and the class that `autograde demo` grades."""
