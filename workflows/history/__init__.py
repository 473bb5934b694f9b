"""What has run: listed and found, shown step by step, compared, run again; and what people decide in the middle."""
