"""What an acceptor answers: by its acceptance rules, by answer rules, or as somebody edits it."""
