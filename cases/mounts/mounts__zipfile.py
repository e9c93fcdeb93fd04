"""Archives: written, appended to, read in parts, unpacked, and packed as a tar too."""
import io
import os
import tarfile
import zipfile

with zipfile.ZipFile("data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for number in range(30):
        archive.writestr(f"folder {number % 3}/file {number}.txt", f"content {number}\n" * number * 100)
with zipfile.ZipFile("data.zip", "a") as archive:
    archive.writestr("late.bin", bytes(range(256)) * 2000, zipfile.ZIP_STORED)
with zipfile.ZipFile("data.zip") as archive:
    print(archive.testzip(), len(archive.namelist()))
    with archive.open("late.bin") as file:
        file.seek(300_001)
        print(list(file.read(3)))
    archive.extractall("unpacked")
for folder, folders, files in os.walk("unpacked"):
    folders.sort()
    print(folder, len(files), sum(os.path.getsize(os.path.join(folder, file)) for file in files))

with tarfile.open("data.tar.gz", "w:gz") as archive:
    archive.add("unpacked", arcname="again")
with tarfile.open("data.tar.gz") as archive:
    print(len(archive.getmembers()))
    print(archive.extractfile("again/folder 1/file 1.txt").readline())
    archive.extractall("from tar", filter="data")
print(sorted(os.listdir("from tar/again")))
with zipfile.ZipFile(io.BytesIO(open("data.zip", "rb").read())) as archive:
    print(archive.getinfo("folder 2/file 29.txt").file_size)
