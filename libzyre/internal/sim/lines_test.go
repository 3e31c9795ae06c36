package sim

func init() { maxLines = number("SIM_LINES", maxLines) }
