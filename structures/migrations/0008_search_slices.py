from django.db import migrations

# One index, cut in four (docs/performance.md): a frequent word is found in the first slices, and needs no other
SLICES = ("id % 16 = 0", "id % 16 BETWEEN 1 AND 3", "id % 16 BETWEEN 4 AND 7", "id % 16 > 7")
SLICE = """
CREATE INDEX structure_search_{} ON structures_structure
  USING gin (public.structure_search(name_key, city, postal_code)) WHERE sector = 'PUBLIQUE' AND {};
"""
WHOLE = """
CREATE INDEX structure_search_public ON structures_structure
  USING gin (public.structure_search(name_key, city, postal_code)) WHERE sector = 'PUBLIQUE';
CREATE INDEX structure_search_sample ON structures_structure
  USING gin (public.structure_search(name_key, city, postal_code)) WHERE sector = 'PUBLIQUE' AND id % 16 = 0;
"""


class Migration(migrations.Migration):
    """What the search of the directory reads before it has enough."""

    dependencies = [("structures", "0007_sirene")]

    operations = [
        *(
            migrations.RunSQL(SLICE.format(number, condition), f"DROP INDEX structure_search_{number}")
            for number, condition in enumerate(SLICES)
        ),
        migrations.RunSQL("DROP INDEX structure_search_public; DROP INDEX structure_search_sample", WHOLE),
    ]
