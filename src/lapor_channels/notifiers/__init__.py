"""The messengers that come with lapor, one plug-in each: e-mail over SMTP, and an outbox of files.

They use the standard library only, so no extra is needed. SMS goes out through the plug-in ``sms``.
"""
