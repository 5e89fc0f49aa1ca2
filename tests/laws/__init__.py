"""What must hold for anything that can be made up."""
