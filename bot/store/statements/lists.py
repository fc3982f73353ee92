"""Every statement on reading lists, named. Values go in by parameter only."""

LIST = """
SELECT lists.id, lists.workspace, lists.owner, lists.name, lists.made_by, lists.made_at,
    count(items.id), max(items.added_at)
FROM reading_lists AS lists
LEFT JOIN reading_items AS items ON items.list_id = lists.id AND items.gone_at IS NULL
WHERE lists.gone_at IS NULL
"""
LISTS = f"""{LIST}
    AND lists.workspace = coalesce(:workspace, lists.workspace)
    AND (:owners IS NULL OR lists.owner IN (SELECT value FROM json_each(:owners)))
GROUP BY lists.id ORDER BY coalesce(max(items.added_at), lists.made_at) DESC, lists.id DESC
"""  # noqa: S608 - no value is written into a statement
# The same with how many of it a person has not read; by index, whatever else is stored.
COUNTED = """
SELECT lists.id, lists.workspace, lists.owner, lists.name, lists.made_by, lists.made_at,
    count(items.id), max(items.added_at), count(items.id) - count(marks.at)
FROM reading_lists AS lists
LEFT JOIN reading_items AS items ON items.list_id = lists.id AND items.gone_at IS NULL
LEFT JOIN reading_marks AS marks ON marks.item_id = items.id AND marks.user = :user
WHERE lists.workspace = :workspace AND lists.owner IN (SELECT value FROM json_each(:owners))
    AND lists.gone_at IS NULL
GROUP BY lists.id ORDER BY coalesce(max(items.added_at), lists.made_at) DESC, lists.id DESC
"""
# What became known last of works on a person's own lists.
HAPPENED = """
SELECT DISTINCT items.record_id, happenings.kind, happenings.at, happenings.sequence
FROM reading_lists AS lists
JOIN reading_items AS items ON items.list_id = lists.id AND items.gone_at IS NULL
JOIN happenings ON happenings.record_id = items.record_id
WHERE lists.workspace = :workspace AND lists.owner = :user AND lists.gone_at IS NULL
    AND happenings.kind IN (SELECT value FROM json_each(:kinds))
ORDER BY happenings.sequence DESC LIMIT :limit
"""
LIST_BY_ID = f"""{LIST}
    AND lists.id = ? AND lists.workspace = coalesce(?, lists.workspace) GROUP BY lists.id
"""
LIST_BY_NAME = """
SELECT id FROM reading_lists
WHERE workspace = ? AND owner = ? AND name_key = ? AND gone_at IS NULL
"""
MAKE = """
INSERT INTO reading_lists (workspace, owner, name, name_key, made_by, made_at, imported)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
RENAME = """
UPDATE reading_lists SET name = ?1, name_key = ?2, imported = NULL
WHERE id = ?3 AND workspace = ?4 AND gone_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM reading_lists AS other
    WHERE other.workspace = reading_lists.workspace AND other.owner = reading_lists.owner
        AND other.name_key = ?2 AND other.gone_at IS NULL AND other.id <> reading_lists.id)
"""
DROP = """
UPDATE reading_lists SET gone_by = ?, gone_at = ?
WHERE id = ? AND workspace = ? AND gone_at IS NULL
"""
RESTORE = """
UPDATE reading_lists SET gone_by = NULL, gone_at = NULL
WHERE id = ? AND workspace = ? AND gone_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reading_lists AS other
    WHERE other.workspace = reading_lists.workspace AND other.owner = reading_lists.owner
        AND other.name_key = reading_lists.name_key AND other.gone_at IS NULL)
"""
ITEM = """
SELECT items.id, items.list_id, items.record_id, items.note, items.added_by, items.added_at,
    (SELECT json_group_array(user) FROM
        (SELECT user FROM reading_marks WHERE item_id = items.id ORDER BY at, user) AS marks)
FROM reading_items AS items
"""
ITEMS = f"{ITEM} WHERE items.list_id = ? AND items.gone_at IS NULL ORDER BY items.id DESC"
ITEM_OF_RECORD = f"""{ITEM}
WHERE items.list_id = ? AND items.record_id = ? AND items.gone_at IS NULL
"""
ITEM_BY_ID = f"""{ITEM}
JOIN reading_lists AS lists ON lists.id = items.list_id
WHERE items.id = ? AND lists.workspace = ? AND lists.gone_at IS NULL
"""
# Also what was put there as a record that has been merged into this one.
HOLDING = f"""
WITH RECURSIVE came (id) AS (
    VALUES (?)
    UNION
    SELECT merges.absorbed FROM merges JOIN came ON merges.kept = came.id WHERE undone IS NULL
) {ITEM}
JOIN reading_lists AS lists ON lists.id = items.list_id
WHERE items.record_id IN (SELECT id FROM came) AND lists.workspace = ?
    AND items.gone_at IS NULL AND lists.gone_at IS NULL
ORDER BY items.id DESC
"""  # noqa: S608
ADD = """
INSERT INTO reading_items (list_id, record_id, note, added_by, added_at, imported)
VALUES (?, ?, ?, ?, ?, ?)
"""
# What a person changes is theirs from then on: undoing the import leaves it.
NOTE = "UPDATE reading_items SET note = ?, imported = NULL WHERE id = ?"
OWN = "UPDATE reading_items SET imported = NULL WHERE id = ?"
TAKE_OFF = """
UPDATE reading_items SET gone_by = ?, gone_at = ? WHERE id = ? AND gone_at IS NULL
"""
PUT_BACK = """
UPDATE reading_items SET gone_by = NULL, gone_at = NULL, imported = NULL
WHERE id = ? AND gone_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reading_items AS other
    WHERE other.list_id = reading_items.list_id AND other.record_id = reading_items.record_id
        AND other.gone_at IS NULL)
"""
NOTED = "SELECT note FROM reading_items WHERE id = ?"
WHERE = """
SELECT record_id, list_id, workspace FROM reading_items AS items
JOIN reading_lists AS lists ON lists.id = items.list_id WHERE items.id = ?
"""
MARK = "INSERT OR IGNORE INTO reading_marks (item_id, user, at) VALUES (?, ?, ?)"
UNMARK = "DELETE FROM reading_marks WHERE item_id = ? AND user = ?"
