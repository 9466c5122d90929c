from django.db import migrations

# Built-in functions only: a wrapper of `unaccent` can lose a table when its dump is restored
FOLD = r"""
CREATE FUNCTION public.fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
 SELECT btrim(regexp_replace(replace(replace(translate(lower(t COLLATE "C"),
  'ÀÂÄÁÃÅàâäáãåÇçÉÈÊËéèêëÍÌÎÏíìîïÑñÓÒÔÖÕóòôöõÚÙÛÜúùûüÝŸýÿŒÆ',
  'aaaaaaaaaaaacceeeeeeeeiiiiiiiinnoooooooooouuuuuuuuyyyyœæ'),'œ','oe'),'æ','ae'),'[^a-z0-9]+',' ','g')) $$;
"""


class Migration(migrations.Migration):
    """How names are folded to be sorted and compared; an index or a column built on it must be rebuilt if it changes."""

    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FOLD, "DROP FUNCTION public.fold(text)")]
