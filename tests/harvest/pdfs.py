"""PDFs as small as they come, made by hand."""

from collections.abc import Mapping


def pdf(*pages: str, about: Mapping[str, str] | None = None, xmp: str = "") -> bytes:
    """A PDF with these pages, a line of text each, and what it declares of itself."""
    first = 5
    kids = [first + 2 * number for number in range(len(pages))]
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R{' /Metadata 4 0 R' if xmp else ''} >>",
        2: f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: f"<< /Type /Metadata /Subtype /XML /Length {len(xmp)} >>\nstream\n{xmp}\nendstream",
    }
    for number, text in zip(kids, pages, strict=True):
        drawn = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET"
        objects[number] = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {number + 1} 0 R >>"
        )
        objects[number + 1] = f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream"
    info = first + 2 * len(pages)
    objects[info] = f"<< {' '.join(f'/{k} ({v})' for k, v in (about or {}).items())} >>"
    body, places = "%PDF-1.4\n", []
    for number, written in sorted(objects.items()):
        places.append(len(body))
        body += f"{number} 0 obj\n{written}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer << /Size {info + 1} /Root 1 0 R /Info {info} 0 R >>"
    body += f"xref\n0 {info + 1}\n0000000000 65535 f \n{table}{end}\nstartxref\n{len(body)}\n%%EOF"
    return body.encode("latin-1")


def prism(doi: str) -> str:
    """Metadata as publishers write them into a PDF."""
    return (
        '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">'
        f"<prism:doi>{doi}</prism:doi></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )
