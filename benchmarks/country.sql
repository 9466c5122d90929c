-- What fills the tables (`country.py`), from `raw`, the structures that were made up
INSERT INTO structures_structure (public_id, identifier_type, identifier, legal_name, last_name, first_name, sector,
  is_active, address, address_extra_1, address_extra_2, postal_code, city, country, email, phone, vat_number,
  has_project_owner, is_project_owner_only, is_delegated_validator, payment_status_hidden, newcomers_validate, created_at,
  engagement_number_required, service_code_required, engagement_or_service_required)
SELECT gen_random_uuid(), 'SIRET', siret, name, '', '', sector, n %% 50 <> 0, '1 rue de la Mairie', '', '', postcode, town,
  'FR', '', '', '', false, false, false, false, true, '2026-01-01', must = 1, must = 2, must = 3 FROM raw ORDER BY n;

-- People
INSERT INTO users_user (public_id, password, is_superuser, email, last_name, first_name, phone, contact_email, is_staff,
  created_at, notices, state, work_address)
SELECT gen_random_uuid(), '!', false, 'p' || i || '@example.org', 'Nom' || i, 'Camille', '', 'p' || i || '@example.org',
  false, '2026-01-01', '{}', 'ACTIF', '' FROM generate_series(1, %(people)s) i;

-- Services: one structure in three has three, one of them over
INSERT INTO services_service (public_id, structure_id, code, label, description, active_from, active_until,
  engagement_required, created_at)
SELECT gen_random_uuid(), s.id, 'SERVICE_' || k, 'Service numéro ' || k, '', '2026-01-01',
  CASE WHEN k = 3 THEN timestamptz '2026-06-01' END, k = 2, '2026-01-01'
FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM structures_structure WHERE sector = 'PUBLIQUE') s,
  generate_series(1, CASE WHEN s.n %% 3 = 0 THEN 3 ELSE 1 END) k;

-- The three managers, of 3, 997 and 5,000 structures (fewer in a smaller country), who may do all there
CREATE TEMP TABLE managed AS SELECT s.id AS structure_id, u.id AS user_id, row_number() OVER (PARTITION BY u.id ORDER BY s.id) n
FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM structures_structure WHERE sector = 'PUBLIQUE') s
  JOIN (SELECT id, email FROM users_user WHERE email IN ('p1@example.org', 'p2@example.org', 'p3@example.org')) u
  ON u.email = CASE WHEN s.n <= 3 THEN 'p1' WHEN s.n <= 3 + %(middle)s THEN 'p2'
    WHEN s.n <= 3 + %(middle)s + %(large)s THEN 'p3' END || '@example.org';

UPDATE structures_structure s SET principal_manager_id = m.user_id FROM managed m WHERE m.structure_id = s.id;

INSERT INTO habilitations_attachment (public_id, user_id, structure_id, started_at, end_reason)
SELECT gen_random_uuid(), user_id, structure_id, '2026-01-01', '' FROM managed;

-- One structure of 5,000 people: the first of the first manager
INSERT INTO habilitations_attachment (public_id, user_id, structure_id, started_at, end_reason)
SELECT gen_random_uuid(), u.id, m.structure_id, '2026-01-01', ''
FROM managed m, (SELECT id FROM users_user WHERE id > (SELECT max(user_id) FROM managed) ORDER BY id LIMIT %(staff)s) u
WHERE m.n = 1 AND m.user_id = (SELECT min(user_id) FROM managed);

INSERT INTO habilitations_structurehabilitation (user_id, permission_id, content_object_id, granted_at)
SELECT a.user_id, p.id, a.structure_id, '2026-01-01' FROM habilitations_attachment a, auth_permission p
  JOIN django_content_type c ON c.id = p.content_type_id AND c.app_label = 'structures' AND c.model = 'structure'
WHERE EXISTS (SELECT FROM managed m WHERE m.user_id = a.user_id)
    AND p.codename IN ('organisation_modification', 'rattachement_validation', 'organisation_consultation',
      'facturation_modification', 'facturation_consultation')
  OR p.codename IN ('facturation_consultation', 'facturation_modification', 'cession_consultation')
    AND NOT EXISTS (SELECT FROM managed m WHERE m.user_id = a.user_id);

-- One more right on each structure
INSERT INTO habilitations_structurehabilitation (user_id, permission_id, content_object_id, granted_at)
SELECT u.first + (s.n * 7919) %% %(others)s, p.id, s.id, '2026-01-01'
FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM structures_structure) s,
  (SELECT min(id) + 3 + %(staff)s AS first FROM users_user WHERE email LIKE 'p%%') u,
  (SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id AND c.app_label = 'structures'
    AND c.model = 'structure' WHERE p.codename = 'facturation_consultation') p;

-- What waits for the three: 10, 1,000 and 20,000 requests
INSERT INTO habilitations_approvalrequest (public_id, kind, requester_id, structure_id, profiles, comment, asked_at, status,
  reason_code, reason_text, granted)
SELECT gen_random_uuid(), 'RATTACHEMENT', u.first + (m.n * 31 + k * 7) %% %(others)s, m.structure_id, '{}', '',
  timestamptz '2026-11-01' + (m.n * 17 + k) * interval '1 minute', 'EN_COURS_DE_VALIDATION', '', '', '{}'
FROM (SELECT *, count(*) OVER (PARTITION BY user_id) many FROM managed) m,
  (SELECT min(id) + 3 + %(staff)s AS first FROM users_user WHERE email LIKE 'p%%') u,
  generate_series(1, CASE WHEN m.many = 3 THEN 3 + (m.n = 1)::int WHEN m.many = %(middle)s THEN 1 + (m.n <= 3)::int ELSE 4 END) k;

-- What was decided: one request a structure
INSERT INTO habilitations_approvalrequest (public_id, kind, requester_id, structure_id, profiles, comment, asked_at, status,
  decided_at, reason_code, reason_text, granted)
SELECT gen_random_uuid(), 'RATTACHEMENT', u.first + (s.n * 104729) %% %(others)s, s.id, '{}', '',
  timestamptz '2026-01-01' + s.n * interval '1 second', 'VALIDEE', '2026-10-01', '', '', '{}'
FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM structures_structure) s,
  (SELECT min(id) + 3 + %(staff)s AS first FROM users_user WHERE email LIKE 'p%%') u;
