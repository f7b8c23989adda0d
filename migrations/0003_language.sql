-- What is spoken on an account: 'fr', 'en' … or 'auto'; empty: the operator's TRANSCRIBE_LANGUAGE.
ALTER TABLE account ADD COLUMN language TEXT NOT NULL DEFAULT '';
