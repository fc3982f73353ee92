"""What the readers of services share: values read with care, JATS, XML, the record they build."""
