"""The process: what is built, what runs beside the answers, and the `tme` command."""
