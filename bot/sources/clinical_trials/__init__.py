"""ClinicalTrials.gov: registered trials."""
