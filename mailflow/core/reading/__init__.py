"""What people write, read: tags, commands, fields, items, dates and names. Pure; nothing here decides."""
