"""What people do with workflows: one act is one function, in one transaction."""
