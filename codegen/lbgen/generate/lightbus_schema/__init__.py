"""What Lightbus can check of an API: the schema under `schema:{api}`."""
