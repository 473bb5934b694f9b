"""Forms of people, teams, invites and folders, by subject."""
