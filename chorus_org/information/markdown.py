"""The safe subset of Markdown in which news is written: no HTML of one's own, no image, links that lead somewhere."""

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")
_TAGS = {"a", "blockquote", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "strong", "ul", "br"}


def rendered(text: str) -> SafeString:
    """The text as HTML; headings are those of a part of a page, whatever their number of signs."""
    html = _PARSER.render(text)
    for written in ("h1", "h2", "h5", "h6"):
        html = html.replace(f"<{written}>", "<h3>").replace(f"</{written}>", "</h3>")
    cleaned = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"})
    return SafeString(cleaned)
