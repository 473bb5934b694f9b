"""What a person does, in Chromium, against a real web process and the scripted model."""
