"""Tiers from exports of mailboxes."""
