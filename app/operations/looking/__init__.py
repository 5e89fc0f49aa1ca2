"""What is known, for people and systems that ask; nothing here changes anything."""
