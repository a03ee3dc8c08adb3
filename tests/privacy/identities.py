"""DICOMs full of what identifies a person, and where it is found again."""

import zipfile
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests import fakes

# Each is found by a text that stands nowhere else.
TAGS = {
    "PatientName": "Zyxmann^Quillona",
    "PatientID": "MRN-770113",
    "PatientBirthDate": "19370421",
    "PatientBirthTime": "131719",
    "OtherPatientNames": "Wexford^Quillona",
    "PatientAddress": "17 Vanterpool Street",
    "PatientTelephoneNumbers": "555-0177-341",
    "PatientComments": "daughter of the mayor of Ulverwick",
    "Occupation": "lamplighter",
    "InstitutionName": "Saint Brannoc Infirmary",
    "InstitutionAddress": "4 Brannoc Square",
    "StationName": "BRANNOC-CR-2",
    "DeviceSerialNumber": "SN9981722",
    "AccessionNumber": "ACC5518822",
    "StudyID": "STUDY66142",
    "StudyDate": "20190823",
    "StudyTime": "101132",
    "StudyDescription": "Thorax of Zyxmann",
    "StudyInstanceUID": "1.2.826.0.1.99817723",
    "ReferringPhysicianName": "Oxtoby^Harald",
    "PerformingPhysicianName": "Penhallow^Ines",
    "OperatorsName": "Trewin^Jago",
    "RequestingPhysician": "Nankivell^Rose",
    "ImageComments": "compare with Zyxmann 2018",
    "ViewPosition": "ZYXMANN Q",
}
NESTED = {"PatientID": "OLD-MRN-4471", "IssuerOfPatientID": "Ulverwick Trust"}
PRIVATE = "Quillona in private"
PIECES = ("Zyxmann", "Quillona", "Wexford", "Oxtoby", "Penhallow", "Trewin", "Nankivell", "Brannoc")


def secrets() -> list[str]:
    """Every text that must not be found again, the patients' digests among them."""
    plain = [value for name, value in TAGS.items() if name != "PatientID"]
    numbers = [f"{TAGS['PatientID']}-{number}" for number in range(8)]
    digests = [sha256(number.encode()).hexdigest()[:12] for number in numbers]
    return [*plain, TAGS["PatientID"], *NESTED.values(), PRIVATE, *PIECES, *digests]


def write(path: Path, seed: int, **tags: object) -> Path:
    """A DICOM with all of that in its tags, in a sequence and in a private block."""
    nested = Dataset()
    for name, value in NESTED.items():
        setattr(nested, name, value)
    fakes.write_dicom(
        path,
        fakes.picture(seed, (32, 128)[seed % 2]),
        **TAGS | {"OtherPatientIDsSequence": Sequence([nested])} | tags,
    )
    image = fakes.pydicom.dcmread(path)
    image.private_block(0x0011, "BRANNOC", create=True).add_new(1, "LO", PRIVATE)
    image.save_as(path)
    return path


def data_set(root: Path) -> Path:
    """48 such films of 8 patients in a folder with a label table and, beside them, a letter."""
    root.mkdir()
    rows = ["file,coarse,dark"]
    for number in range(48):
        patient = f"{TAGS['PatientID']}-{number // 6}"
        write(root / f"f{number}.dcm", number, PatientID=patient)
        rows.append(f"f{number}.dcm,{1 - number % 2},{int(number % 3 == 0)}")
    broken = (root / "f47.dcm").read_bytes().replace(b"MONOCHROME2", b"ZYXMANN^QUI")
    (root / "f47.dcm").write_bytes(broken)
    (root / "labels.csv").write_text("\n".join(rows) + "\n")
    (root / "letter.txt").write_text("\n".join(TAGS.values()))
    return root


def pictures(root: Path) -> list[Path]:
    """A PNG and a JPEG whose metadata name a person, and a DICOM."""
    root.mkdir()
    image = Image.fromarray(fakes.picture(1, 128))
    text, exif = PngInfo(), Image.Exif()
    text.add_text("Patient", TAGS["PatientName"])
    exif[0x010E] = TAGS["PatientName"]
    image.save(root / "one.png", pnginfo=text)
    image.save(root / "two.jpg", exif=exif)
    return [root / "one.png", root / "two.jpg", write(root / "three.dcm", 5)]


def found_in(place: Path) -> list[str]:
    """Secrets in files below a folder or in their names, each with its file."""
    files = [path for path in place.rglob("*") if path.is_file()]
    return [
        f"{secret} in {path}"
        for path in files
        for content in [(str(path.relative_to(place)) + _content(path)).lower()]
        for secret in secrets()
        if secret.lower() in content
    ]


def _content(path: Path) -> str:
    """A file's bytes as text, those of what is packed into it too."""
    packed = [path.read_bytes()]
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        packed += [str(table[name].to_pylist()).encode() for name in table.column_names[:2]]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            packed += [archive.read(name) for name in archive.namelist()]
    if path.suffix == ".png":
        with Image.open(path) as picture:
            packed.append(str(picture.info).encode())
    return b"\n".join(packed).decode("latin-1")
