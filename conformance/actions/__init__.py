"""The deterministic action of a squashed policy: where its density is largest, and what the usual short cuts cost."""
