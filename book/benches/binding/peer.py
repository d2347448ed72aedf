"""Binds the same plates with ebooklib: reads the book, adds each picture, puts it after the paragraph
that holds its passage, writes the book. Prints microseconds and bytes of memory."""

import pathlib
import resource
import sys
import time

from ebooklib import epub

folder = pathlib.Path(sys.argv[1])
plates = [line.split("\t") for line in (folder / "plates.tsv").read_text().splitlines()]
start = time.perf_counter()
book = epub.read_epub(str(folder / "big.epub"))
pages = [item for item in book.get_items() if isinstance(item, epub.EpubHtml)]
texts = {page.id: page.content.decode() for page in pages}
for nth, (file, passage, alt) in enumerate(plates):
    name = f"plates/{nth}.png"
    content = pathlib.Path(file).read_bytes()
    book.add_item(epub.EpubItem(f"plate-{nth}", name, "image/png", content))
    for page in pages:
        text = texts[page.id]
        at = text.find(passage)
        if at < 0:
            continue
        end = text.index("</p>", at) + len("</p>")
        figure = f'<figure><img src="{name}" alt="{alt}"/><figcaption>{passage}</figcaption></figure>'
        texts[page.id] = text[:end] + figure + text[end:]
        break
    else:
        sys.exit(f"no page has the passage of plate {nth}")
for page in pages:
    page.content = texts[page.id].encode()
epub.write_epub(str(folder / "peer.epub"), book)
micros = int((time.perf_counter() - start) * 1e6)
print(micros, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
