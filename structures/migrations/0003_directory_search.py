from django.db import migrations

# Exact keys of the beginnings of words (measured: docs/performance.md); built-in functions only
FUNCTIONS = """
CREATE FUNCTION public.word_beginnings(folded text, tags text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE w text; r text[] := tags; n int;
BEGIN FOREACH w IN ARRAY string_to_array(folded, ' ') LOOP
  FOR n IN 1..least(length(w), 12) LOOP r := r || left(w, n); END LOOP; END LOOP; RETURN r; END $$;
CREATE FUNCTION public.departement(postal_code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN left(postal_code, 2) IN ('97', '98') THEN left(postal_code, 3)
    WHEN left(postal_code, 3) IN ('200', '201') THEN '2a' WHEN left(postal_code, 2) = '20' THEN '2b'
    ELSE left(postal_code, 2) END $$;
CREATE FUNCTION public.structure_search(name_key text, city text, postal_code text)
  RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT array_to_tsvector(public.word_beginnings(
    name_key || ' ' || public.fold(city || ' ' || postal_code), ARRAY['d:' || public.departement(postal_code)])) $$;
CREATE FUNCTION public.one_letter_less(w text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT left(w, i - 1) || substr(w, i + 1)) || w FROM generate_series(1, length(w)) i $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION public.one_letter_less(text);
DROP FUNCTION public.structure_search(text, text, text);
DROP FUNCTION public.departement(text);
DROP FUNCTION public.word_beginnings(text, text[]);
"""
INDEX = """
CREATE INDEX structure_search_public ON structures_structure
  USING gin (public.structure_search(name_key, city, postal_code)) WHERE sector = 'PUBLIQUE';
"""
WORDS = """
CREATE TABLE structures_search_word (word text COLLATE "C" NOT NULL, n int NOT NULL);
CREATE INDEX structures_search_word_less ON structures_search_word
  USING gin ((public.one_letter_less(word) COLLATE "C"));
"""


class Migration(migrations.Migration):
    """How the directory finds a public structure by its words, with one typing error forgiven."""

    dependencies = [("structures", "0002_newcomers_validate"), ("common", "0001_fold")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(INDEX, "DROP INDEX structure_search_public"),
        migrations.RunSQL(WORDS, "DROP TABLE structures_search_word"),
    ]
