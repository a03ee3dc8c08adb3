"""Tiny data sets written in each real layout, and films made without any file."""

import gzip
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pydicom
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from datasets.images import Images

NIH_HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
NIH_ROWS = [
    "00000001_000.png,Cardiomegaly,0,1,58,M,PA,2682,2749,0.143,0.143",
    "00000001_001.png,Cardiomegaly|Emphysema,1,1,58,M,PA,2894,2729,0.143,0.143",
    "00000002_000.png,No Finding,0,2,81,F,PA,2500,2048,0.171,0.171",
    "00000003_000.png,Hernia|Infiltration,0,3,74,F,AP,2500,2048,0.168,0.168",
    "00000004_000.png,No Finding,0,4,45,M,PA,2500,2048,0.168,0.168",
    "00000005_000.png,Infiltration,0,5,30,M,AP,2500,2048,0.168,0.168",
]
NIH_IDS = [row.split(",")[0] for row in NIH_ROWS]


def picture(seed: int, size: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (size, size), dtype=np.uint8)


def write_picture(path: Path, seed: int = 0, size: int = 64) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(seed, size)).save(path)


def nih(root: Path, rows: list[str] = NIH_ROWS, images: str = "images") -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "Data_Entry_2017_v2020.csv").write_text("\n".join([NIH_HEADER, *rows]) + "\n")
    (root / "train_val_list.txt").write_text("\n".join(NIH_IDS[:4]))
    (root / "test_list.txt").write_text("\n".join(NIH_IDS[4:]))
    (root / "BBox_List_2017.csv").write_text(
        "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
        "00000003_000.png,Infiltrate,256.0,512.0,128.0,64.0,,,\n"
    )
    for seed, row in enumerate(rows):
        write_picture(root / images / row.split(",")[0], seed)
    return root


CHEXPERT_ROWS = {
    "train.csv": [
        ("train/patient00001/study1/view1_frontal.jpg", "Female", 68, "Frontal", "AP", "1.0", ""),
        ("train/patient00002/study1/view1_frontal.jpg", "Male", 87, "Frontal", "PA", "-1.0", "0.0"),
        ("train/patient00002/study1/view2_lateral.jpg", "Male", 87, "Lateral", "", "0.0", "-1.0"),
        ("train/patient00003/study1/view1_frontal.jpg", "Male", 41, "Frontal", "AP", "", "1.0"),
    ],
    "valid.csv": [
        ("valid/patient64541/study1/view1_frontal.jpg", "Male", 73, "Frontal", "AP", "1.0", "0.0"),
    ],
}


def chexpert(
    root: Path, prefix: str = "CheXpert-v1.0-small", tables: dict[str, list] = CHEXPERT_ROWS
) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        lines = ["Path,Sex,Age,Frontal/Lateral,AP/PA,Cardiomegaly,Edema"]
        lines += [f"{prefix}/" + ",".join(map(str, row)) for row in rows]
        (root / table).write_text("\n".join(lines) + "\n")
        for seed, row in enumerate(rows):
            write_picture(root / row[0], seed)
    return root


GROUND_TRUTH = (
    "image,patient,age,sex,view,Effusion,Mass\n"
    "a.png,p1,50,F,PA,1,0\nb.png,p1,51,F,AP,0,-1\nc.png,p2,,M,PA,,1\nd.png,p3,33,M,PA,0,0\n"
    "e.png,p4,60,F,PA,1,1\nf.png,p5,71,M,AP,0,0\n"
)


def ground_truth(root: Path, table: str = GROUND_TRUTH) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "Ground_Truth.csv").write_text(table)
    for seed, row in enumerate(table.splitlines()[1:]):
        write_picture(root / "xray_images" / row.split(",")[0], seed)
    return root


def sick_and_well(root: Path, count: int, sick: int = 128, well: int = 128) -> Path:
    """A folder for each of two classes, in turns; films of unlike sizes are coarse and fine."""
    for number in range(count):
        kind, size = (("sick", sick), ("well", well))[number % 2]
        write_picture(root / kind / f"f{number}.png", number, size)
    return root


def folders(root: Path) -> Path:
    for name in (
        *("train/COVID/c1.jpg", "train/COVID/c2.jpg", "train/NORMAL/00000007_000.jpg"),
        *("val/COVID/c3.jpg", "val/NORMAL/00000008_001.jpg"),
        *("test/COVID/c4.jpg", "test/NORMAL/person9_virus_3.jpg"),
    ):
        write_picture(root / name)
    return root


def write_workbook(path: Path, *sheets: list[list]) -> None:
    """An Excel workbook with a sheet for each list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)


def dicom(root: Path, images: int = 5) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    rows = ["file,Effusion"]
    for number in range(images):
        write_dicom(root / f"f{number}.dcm", picture(number), PatientID=f"Doe{number // 2}")
        rows.append(f"f{number}.dcm,{number % 2}")
    (root / "labels.csv").write_text("\n".join(rows) + "\n")
    return root


def write_dicom(path: Path, stored: np.ndarray, **tags: object) -> Path:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = pydicom.uid.SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    image = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    image.SOPClassUID, image.SOPInstanceUID = meta[0x00020002].value, meta[0x00020003].value
    image.PatientName, image.PatientBirthDate = "Doe^Jane", "19500101"
    image.PatientAge, image.PatientSex, image.ViewPosition = "061Y", "F", "PA"
    image.Rows, image.Columns = stored.shape
    image.SamplesPerPixel, image.PixelRepresentation = 1, int(stored.dtype.kind == "i")
    image.BitsAllocated = image.BitsStored = stored.dtype.itemsize * 8
    image.HighBit = image.BitsStored - 1
    image.PhotometricInterpretation = "MONOCHROME2"
    for name, value in tags.items():
        setattr(image, name, value)
    image.PixelData = stored.tobytes()
    image.save_as(path, enforce_file_format=True)
    return path


def compress(path: Path, syntax: str) -> Path:
    """Compress the pixels of a DICOM."""
    import gdcm

    names = {"JPEGLosslessSV1": "JPEGLosslessProcess14_1"}
    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    kind = getattr(gdcm.TransferSyntax, names.get(syntax, syntax))
    change.SetTransferSyntax(gdcm.TransferSyntax(kind))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    writer.SetFileName(str(path))
    assert writer.Write()
    return path


# The second study has no row of labels, and its only image no view.
MIMIC = {
    "metadata": """dicom_id,subject_id,study_id,ViewPosition,ViewCodeSequence_CodeMeaning
a1-b,10000032,50414267,PA,postero-anterior
a2-b,10000032,50414267,LATERAL,lateral
a3-b,10000032,53189527,,
a4-b,10000764,57375967,AP,antero-posterior
a5-b,10000898,50771383,,Postero-anterior
a6-b,10000935,50578979,PA,
a7-b,10000980,50985099,LL,left lateral
""",
    "chexpert": """subject_id,study_id,Atelectasis,Lung Opacity,No Finding
10000032,50414267,1.0,,
10000764,57375967,-1.0,0.0,
10000898,50771383,,1.0,
10000935,50578979,,,1.0
10000980,50985099,1.0,,
""",
    "split": """dicom_id,study_id,subject_id,split
a1-b,50414267,10000032,train
a2-b,50414267,10000032,train
a3-b,53189527,10000032,train
a4-b,57375967,10000764,validate
a5-b,50771383,10000898,test
a6-b,50578979,10000935,test
a7-b,50985099,10000980,train
""",
    "test-set-labeled": """study_id,Atelectasis,Airspace Opacity,No Finding
50771383,1.0,0.0,
""",
}


def mimic_cxr_jpg(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    tables = MIMIC | {"negbio": MIMIC["chexpert"].replace("-1.0", "1.0")}
    for kind, text in tables.items():
        release = "2.1.0" if kind == "test-set-labeled" else "2.0.0"
        (root / f"mimic-cxr-{release}-{kind}.csv.gz").write_bytes(gzip.compress(text.encode()))
    for seed, row in enumerate(MIMIC["metadata"].splitlines()[1:]):
        name, patient, study, *_ = row.split(",")
        place = root / "files" / f"p{patient[:2]}" / f"p{patient}" / f"s{study}"
        write_picture(place / f"{name}.jpg", seed)
    return root


BRAX = (
    ",DicomPath,PngPath,PatientID,PatientSex,PatientAge,No Finding,Cardiomegaly,Edema,"
    "AccessionNumber,StudyDate,ViewPosition,Rows,Columns,Manufacturer\n"
    "0,a.dcm,images/id_1/Study_1.1/Series_1/image-1.png,id_1,F,60-65,,1.0,,s1,20090101,PA,9,9,1\n"
    "1,b.dcm,images/id_1/Study_1.1/Series_2/image-2.png,id_1,F,60-65,,1.0,,s1,20090101,L,9,9,1\n"
    "2,c.dcm,images/id_2/Study_2.1/Series_1/image-1.png,id_2,M,85 or more,,-1.0,1.0,s2,2009,AP,9,"
    "9,1\n"
    "3,d.dcm,images/id_3/Study_3.1/Series_1/image-1.png,id_3,O,,1.0,0.0,,,20090101,RL,9,9,1\n"
)


def brax(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "master_spreadsheet_update.csv").write_text(BRAX)
    for seed, row in enumerate(BRAX.splitlines()[1:]):
        write_picture(root / row.split(",")[2], seed)
    return root


PADCHEST_HEADER = (
    ",ImageID,ImageDir,StudyDate_DICOM,StudyID,PatientID,PatientBirth,PatientSex_DICOM,"
    "ViewPosition_DICOM,Projection,MethodLabel,Labels,Report"
)
# Identifiers, birth, sex, projection, method and the cell of labels of each image.
PADCHEST_ROWS = [
    ("a_1.png", 0, "s1", "p1", "1930.0", "F", "PA", "Physician", "['normal']"),
    ("a_2.png", 0, "s1", "p1", "1930.0", "F", "L", "Physician", "['normal']"),
    (
        *("b_1.png", 1, "s2", "p2", "2010.0", "M", "AP_horizontal", "RNN_model"),
        "['pseudonodule', ' pleural effusion', 'subcutaneous emphysema', '']",
    ),
    ("c_1.png", 54, "s3", "p3", "1950.0", "O", "PA", "Physician", "['nodule', 'exclude']"),
    ("d_1.png", 54, "s4", "p4", "", "M", "UNK", "RNN_model", ""),
    ("e_1.png", 0, "s5", "p5", "1940.0", "F", "PA", "Physician", "['unchanged']"),
    ("f_1.png", 0, "s6", "p6", "1940.0", "F", "PA", "Physician", "['pulmonary mass', 'unchanged']"),
]


def padchest(root: Path, rows: list[tuple] = PADCHEST_ROWS) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    lines = [PADCHEST_HEADER]
    for number, row in enumerate(rows):
        image, folder, study, patient, birth, sex, view, method, labels = row
        quoted = labels.replace('"', '""')
        lines.append(
            f"{number},{image},{folder},20140915,{study},{patient},{birth},{sex},,{view},{method},"
            f'"{quoted}",sin hallazgos'
        )
        place = root / str(folder) / image
        place.parent.mkdir(exist_ok=True)
        Image.fromarray(picture(number).astype(np.uint16) * 257).save(place)
    table = root / "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv"
    table.write_text("\n".join(lines) + "\n")
    return root


# The terms and images of each report.
OPENI = {
    "CXR1": (["normal"], ["CXR1_1_IM-0001-3001", "CXR1_1_IM-0001-4001"]),
    "CXR2": (["Opacity/lung/base/left", "Pleural Effusion/left"], ["CXR2_IM-0652-1001"]),
    "CXR3": (["No Indexing"], ["CXR3_IM-1384-1001"]),
    "CXR4": (["Thickening/pleura/apex", "Cardiomegaly/mild", "Kyphosis"], ["CXR4_IM-2050-1001"]),
    "CXR5": (["Opacity/abdomen"], []),
}


def openi_report(name: str, terms: list[str], images: list[str], start: str = "") -> str:
    majors = "".join(f"<major>{term}</major>\n" for term in terms)
    named = "".join(f'<parentImage id="{image}"/>' for image in images)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{start}<eCitation><uId id="{name}"/>'
        f"<MeSH>{majors}<automatic>pneumonia</automatic></MeSH>{named}</eCitation>"
    )


def openi(root: Path) -> Path:
    (root / "ecgen-radiology").mkdir(parents=True)
    for name, (terms, images) in OPENI.items():
        text = openi_report(name, terms, images)
        (root / "ecgen-radiology" / f"{name[3:]}.xml").write_text(text)
        for image in images:
            write_picture(root / "NLMCXR_png" / f"{image}.png")
    return root


VINDR_TRAIN = (
    "image_id,rad_id,Nodule/Mass,Pleural effusion,Other diseases,No finding\n"
    "v1,R1,1,0,0,0\nv1,R2,1,1,0,0\nv1,R3,0,0,0,0\n"
    "v2,R1,0,0,0,1\nv2,R4,0,0,0,1\nv2,R5,0,0,0,1\n"
    "v3,R1,0,1,1,0\nv3,R2,0,1,0,0\nv3,R3,0,1,0,0\n"
)
VINDR_TEST = (
    "image_id,Nodule/Mass,Pleural effusion,Other disease,No finding\nv4,1,0,1,0\nv5,0,0,0,1\n"
)
VINDR_BOXES = (
    "image_id,rad_id,class_name,x_min,y_min,x_max,y_max\n"
    "v1,R1,Nodule/Mass,8,16,24,32\nv1,R2,Nodule/Mass,8,16,40,32\nv1,R2,Pleural effusion,0,0,8,8\n"
    "v2,R1,No finding,,,,\nv3,R1,Pleural effusion,32,32,64,64\n"
)


def vindr(root: Path) -> Path:
    """PhysioNet's form."""
    tables = root / "annotations"
    tables.mkdir(parents=True, exist_ok=True)
    (tables / "image_labels_train.csv").write_text(VINDR_TRAIN)
    (tables / "image_labels_test.csv").write_text(VINDR_TEST)
    (tables / "annotations_train.csv").write_text(VINDR_BOXES)
    (tables / "annotations_test.csv").write_text(
        "image_id,class_name,x_min,y_min,x_max,y_max\nv4,Nodule/Mass,0,0,16,32\n"
    )
    for number in range(1, 6):
        part = root / ("train" if number < 4 else "test")
        part.mkdir(exist_ok=True)
        write_dicom(part / f"v{number}.dicom", picture(number), PatientID="")
    return root


VINDR_KAGGLE = (
    "image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max\n"
    "k1,Nodule/Mass,8,R1,8,16,24,32\nk1,Nodule/Mass,8,R1,40,40,48,48\nk1,No finding,14,R2,,,,\n"
    "k1,Nodule/Mass,8,R3,8,16,40,32\nk2,No finding,14,R1,,,,\nk2,No finding,14,R2,,,,\n"
    "k2,ILD,5,R3,0,0,64,64\nk3,No finding,14,R1,,,,\nk3,No finding,14,R2,,,,\n"
    "k3,No finding,14,R3,,,,\n"
)


def vindr_kaggle(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "train.csv").write_text(VINDR_KAGGLE)
    for number in range(1, 4):
        write_picture(root / "train" / f"k{number}.png", number)
    return root


RSNA = (
    "patientId,x,y,width,height,Target\nr1,256.0,512.0,128.0,64.0,1\nr1,512.0,0.0,64.0,64.0,1\n"
    "r2,,,,,0\nr3,,,,,0\nr4,0.0,0.0,1024.0,1024.0,1\n"
)
RSNA_CLASSES = (
    "patientId,class\nr1,Lung Opacity\nr1,Lung Opacity\nr2,Normal\n"
    "r3,No Lung Opacity / Not Normal\nr4,Lung Opacity\n"
)


def rsna(root: Path) -> Path:
    place = root / "stage_2_train_images"
    place.mkdir(parents=True, exist_ok=True)
    (root / "stage_2_train_labels.csv").write_text(RSNA)
    (root / "stage_2_detailed_class_info.csv").write_text(RSNA_CLASSES)
    for number in range(1, 5):
        name = f"r{number}"
        write_dicom(place / f"{name}.dcm", picture(number), PatientID=name, PatientAge="051Y")
    return root


SIIM = (
    "ImageId, EncodedPixels\ns1, -1\ns2,10240 3 1021 3 1021 3\ns2,0 1024\ns2,0 1024\n"
    "s3, -1\ns4,524287 2\n"
)


def siim(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "train-rle.csv").write_text(SIIM)
    for number in range(1, 5):
        place = root / "dicom-images-train" / f"study{number}" / f"series{number}"
        place.mkdir(parents=True, exist_ok=True)
        write_dicom(place / f"s{number}.dcm", picture(number), PatientID=f"p{number}")
    return root


def chestmnist(root: Path, name: str = "chestmnist", side: int = 28, n_labels: int = 14) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    arrays = {}
    for seed, (part, count) in enumerate({"train": 4, "val": 2, "test": 3}.items()):
        random = np.random.default_rng(seed)
        arrays[f"{part}_images"] = random.integers(0, 256, (count, side, side), np.uint8)
        arrays[f"{part}_labels"] = random.integers(0, 2, (count, n_labels), np.uint8)
    np.savez_compressed(root / f"{name}.npz", **arrays)
    return root


LAYOUTS = {
    "nih": nih,
    "chexpert": chexpert,
    "ground_truth": ground_truth,
    "folders": folders,
    "dicom": dicom,
    "mimic_cxr_jpg": mimic_cxr_jpg,
    "brax": brax,
    "padchest": padchest,
    "openi": openi,
    "vindr": vindr,
    "rsna": rsna,
    "siim": siim,
    "chestmnist": chestmnist,
}


def images(labels: np.ndarray, patients: list[str] | None = None, **changes: object) -> Images:
    """Films without files: labels (n, k), one patient per image unless given."""
    n_images, n_labels = labels.shape
    ids = np.array([f"film{row}" for row in range(n_images)], object)
    values = {
        "source": "made up",
        "format": "none",
        "ids": ids,
        "paths": np.full(n_images, "", object),
        "patients": ids if patients is None else np.array(patients, object),
        "labels": labels.astype(np.float32),
        "label_names": tuple(f"label{column}" for column in range(n_labels)),
        "meta": pd.DataFrame({"age": np.full(n_images, 50.0), "sex": "F", "view": "PA"}),
    }
    return Images(**values | changes)
