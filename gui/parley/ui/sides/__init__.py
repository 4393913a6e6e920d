"""The SCU and the SCP panel and their folded sections: each edits a part of one side of a profile."""
