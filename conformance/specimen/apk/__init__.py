"""政务App 的安装包样本: a small Android package built from nothing, signed with published test keys, and its faults."""
