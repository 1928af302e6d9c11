#!/usr/bin/env python3
"""Makes the three fonts of this folder. Needed only to change them: `cargo build` takes them as they are.

    pip install fonttools                                         # 4.68.0 made the committed files
    npm pack @expo-google-fonts/noto-sans-sc@0.4.3                # Regular and Bold as TrueType
    pip download --no-deps pylopdf-fonts-zh-cn==0.1.1             # Regular as OpenType/CFF, a third smaller
    apt-get download unicode-data                                 # Unihan, for the 8,105 standard characters
    python3 make.py TGZ WHEEL Unihan_OtherMappings.txt.bz2

All three are Noto Sans SC under the SIL Open Font License (OFL.txt). The licence reserves only the name "Source".
"""

import bz2
import io
import sys
import tarfile
import zipfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
# Names nobody reads in an embedded font are left out; 0-6 identify it, 13 and 14 carry the licence.
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]


def gb2312():
    """Every character of GB 2312, symbols included."""
    found = set()
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([lead, trail]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def standard_characters(unihan):
    """通用规范汉字表: kTGH of Unihan."""
    lines = bz2.open(unihan, "rt", encoding="utf-8")
    found = {int(line.split("\t")[0][2:], 16) for line in lines if line.startswith("U+") and "\tkTGH\t" in line}
    assert len(found) == 8105, len(found)
    return found


def letters_and_signs():
    """What documents use beside characters: Latin, punctuation, numerals, arrows, boxes, ticks, full-width forms."""
    ranges = [(0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x203B), (0x20AC, 0x20AC), (0x2100, 0x214F), (0x2150, 0x218B),
              (0x2190, 0x2199), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x257F), (0x25A0, 0x25FF),
              (0x2605, 0x2606), (0x2610, 0x2612), (0x2713, 0x2717), (0x2776, 0x2793), (0x3000, 0x303F),
              (0x3200, 0x32FF), (0xFE10, 0xFE19), (0xFE30, 0xFE4F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6)]
    return {code for first, last in ranges for code in range(first, last + 1)}


def gb18030_levels_1_and_2(standard):
    """What GB 18030-2022 asks of every product: U+4E00-9FEF, extension A, and the standard characters."""
    return set(range(0x4E00, 0x9FF0)) | set(range(0x3400, 0x4DB6)) | standard


def write_subset(source, characters, target):
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)
    options = Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=NAMES, name_languages=[0x409])
    options.drop_tables += ["vhea", "vmtx", "VORG", "DSIG", "BASE", "GSUB", "GPOS", "GDEF", "STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.save(HERE / target)
    print(f"{target}: {len(font.getBestCmap())} characters, {(HERE / target).stat().st_size:,} bytes")


def main(tgz, wheel, unihan):
    standard = standard_characters(unihan)
    usual = gb2312() | standard | letters_and_signs()
    package = tarfile.open(tgz)
    for weight in ["400Regular", "700Bold"]:
        source = package.extractfile(f"package/{weight}/NotoSansSC_{weight}.ttf").read()
        write_subset(source, usual, f"NotoSansSC-{weight[3:]}.ttf")
    otf = next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("NotoSansSC-Regular.otf"))
    rare = gb18030_levels_1_and_2(standard) - usual
    write_subset(zipfile.ZipFile(wheel).read(otf), rare, "NotoSansSC-Rare.otf")
    (HERE / "OFL.txt").write_bytes(package.extractfile("package/LICENSE_FONT").read())


if __name__ == "__main__":
    main(*sys.argv[1:])
