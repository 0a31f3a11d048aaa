"""Prints libFuzzer's dictionary: the words of ../rules, and the markup that readers look for. Standard library only."""
import pathlib
import tomllib

MARKUP = ["<table>", "<tr>", "<td>", "<th rowspan=2>", "<td colspan=3>", "</table>", "<p>", "<h1>", "<ul><li>", "<!--", "-->",
          "<script type='application/ld+json'>", "</script>", "<![CDATA[", "]]>", "<item>", "<entry>", "<link>", "<pubDate>",
          "<urlset>", "<div id='main-content'>", "<div class='push'>", "| a | b |\n", "|---|---|\n", "---\n", "# ", "\t", "\xa0",
          "624.8億美元", "2兆736億", "1,234.5", "20.5%", "(-8.6%)", "4%至7%之間", "US$64.0 billion", "第4季", "114年12月", "去年12月",
          "前11月", "〔2025〕9号", "2025年第61号公告", "91 FR 1234", "2026-01-09T10:00:00+08:00"]


def strings(value):
    """Every string in a parsed file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def main():
    words = set(MARKUP)
    for path in sorted((pathlib.Path(__file__).resolve().parent.parent / "rules").rglob("*.toml")):
        words.update(strings(tomllib.loads(path.read_text(encoding="utf-8"))))
    for word in sorted(words):
        data = word.encode()
        if 2 <= len(data) <= 48:
            print('"' + "".join(f"\\x{byte:02x}" for byte in data) + '"')


main()
