from django.db import migrations

# One row in sixteen, whatever it is (docs/performance.md): enough of them for a frequent word to need no other
SAMPLE = """
CREATE INDEX structure_search_sample ON structures_structure
  USING gin (public.structure_search(name_key, city, postal_code)) WHERE sector = 'PUBLIQUE' AND id % 16 = 0;
"""
PUBLIC = """
CREATE INDEX structure_public_name ON structures_structure (name_key, id) WHERE sector = 'PUBLIQUE';
"""


class Migration(migrations.Migration):
    """What makes frequent words cheap to search, and the whole directory cheap to browse."""

    dependencies = [("structures", "0003_directory_search")]

    operations = [
        migrations.RunSQL(SAMPLE, "DROP INDEX structure_search_sample"),
        migrations.RunSQL(PUBLIC, "DROP INDEX structure_public_name"),
    ]
