"""What people type that costs a search most: frequent words, beginnings, swapped words, typing errors."""

AWFUL = (
    *("de", "la", "le", "les", "sa", "co", "rue", "mairie", "commune", "ecole", "saint", "sai", "s", "c"),
    *(
        "commune de",
        "commune de s",
        "commune de sa",
        "commune de saint",
        "commune de saint e",
        "de commune",
        "la p",
        "rue de la",
    ),
    *(
        "saint etienne commune",
        "etienne saint",
        "mairie de roche",
        "mairie saint",
        "ehpad la roseraie",
        "roseraie ehpad",
    ),
    *(
        "centre hospitalier",
        "hospitalier centre de",
        "universite de stras",
        "ministere des armees",
        "commune sci",
        "sci les",
    ),
    *(
        "comune de saint etienne",
        "saitn etienne commune",
        "strabourg",
        "univeristé de stras",
        "minstere des armees",
        "comune de",
    ),
    *("sydnicat des eaux", "hopsitalier", "zzzzzz", "42000", "75", "commune 42", "ecole primaire de beau"),
)
FILTERS = ({}, {"departement": "42"}, {"active": "on"}, {"engagement": "on"}, {"service": "on"})
