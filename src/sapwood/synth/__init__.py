"""People who do not exist: invented records for trying a registry, drawn from rates that name their source."""
