"""A second sync client for Wuyuan, written from docs/PROTOCOL.md, docs/PROBLEMS.md, openapi.yaml and the vectors."""
