DROP TABLE named_tokens;
