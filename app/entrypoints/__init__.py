"""Who comes in: people by command line, systems by HTTP; both get the same decision."""
