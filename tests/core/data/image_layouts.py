"""Public image data sets as they are downloaded, in miniature.

Where each layout is from, `resources/help/layouts.md` says.
"""

import json

from tests.core.data.miniatures import PICTURE, flags, rows

PETS = "{Abyssinian,Bengal,american_bulldog}_{1..4}"
SYNSETS = "{n01440764,n01443537}"
# Name, files, classes with their counts per split, unlabeled images, what is said.
LAYOUTS = [
    (
        "dogs-vs-cats",
        {
            "train/{cat,dog}.{0..5}.jpg": PICTURE,
            "test1/{1..4}.jpg": PICTURE,
            "sampleSubmission.csv": rows("id,label", "{i},0", range(1, 5)),
        },
        "",
        16,
        ["names begin with one of 2 words (cat, dog): if these are the classes, put the images"],
    ),
    (
        "plant-pathology-2020",
        {
            "images/Train_{0..11}.jpg": PICTURE,
            "images/Test_{0..3}.jpg": PICTURE,
            "train.csv": flags(
                "image_id,healthy,multiple_diseases,rust,scab", "Train_{i}", range(12), 4
            ),
            "test.csv": rows("image_id", "Test_{i}", range(4)),
            "sample_submission.csv": flags(
                "image_id,healthy,multiple_diseases,rust,scab", "Test_{i}", range(4), 4
            ),
        },
        "healthy 2/0/1, multiple_diseases 2/0/1, rust 2/0/1, scab 2/0/1",
        4,
        ["test.csv: not used", "sample_submission.csv: not used: it is a sample submission"],
    ),
    (
        "aptos2019",
        {
            "train_images/{00..11}c1434d8d7.png": PICTURE,
            "test_images/{0..3}5a1d6a5b2.png": PICTURE,
            "train.csv": rows("id_code,diagnosis", "{i:02}c1434d8d7,{c}", range(12), "0 1 2"),
            "test.csv": rows("id_code", "{i}5a1d6a5b2", range(4)),
        },
        "0 3/0/1, 1 3/0/1, 2 3/0/1",
        4,
        ["what no table names in test_images/, train_images/ has no label"],
    ),
    (
        "ham10000",
        {
            "HAM10000_images_part_1/ISIC_{00..07}.jpg": PICTURE,
            "HAM10000_images_part_2/ISIC_{08..14}.jpg": PICTURE,
            "HAM10000_metadata.csv": rows(
                "lesion_id,image_id,dx,dx_type",
                "HAM_{i},ISIC_{i:02},{c},histo",
                range(15),
                "bkl nv",
            ),
            "hmnist_28_28_L.csv": rows("pixel0000,pixel0001,label", "1,{i},2", range(15)),
        },
        "bkl 6/0/2, nv 6/0/1",
        0,
        ["the label is column dx", "hmnist_28_28_L.csv: not used: no column for the path"],
    ),
    (
        "isic-2019",
        {
            "ISIC_2019_Training_Input/ISIC_2019_Training_Input/ISIC_{00..11}.jpg": PICTURE,
            "ISIC_2019_Training_GroundTruth.csv": flags(
                "image,MEL,NV,BCC", "ISIC_{i:02}", range(12), 3, "1.0", "0.0"
            ),
            "ISIC_2019_Training_Metadata.csv": rows(
                "image,age_approx,sex", "ISIC_{i:02},55.0,female", range(12)
            ),
        },
        "BCC 3/0/1, MEL 3/0/1, NV 3/0/1",
        0,
        ["ISIC_2019_Training_Metadata.csv: not used: no column for the label"],
    ),
    (
        "cassava",
        {
            "train_images/10000{00..09}.jpg": PICTURE,
            "test_images/2216849948.jpg": PICTURE,
            "train.csv": rows("image_id,label", "10000{i:02}.jpg,{c}", range(10)),
            "label_num_to_disease_map.json": '{"0": "CBB", "1": "CBSD"}',
        },
        "0 4/0/1, 1 4/0/1",
        1,
        ["label_num_to_disease_map.json: not used"],
    ),
    (
        "chest-xray-pneumonia",
        {
            f"chest_xray/{split}/{{NORMAL,PNEUMONIA}}/{split}{{1..{count}}}.jpeg": PICTURE
            for split, count in (("train", 4), ("val", 2), ("test", 3))
        },
        "NORMAL 4/2/3, PNEUMONIA 4/2/3",
        0,
        [],
    ),
    (
        "intel-image",
        {
            "seg_train/seg_train/{forest,sea}/{0..3}.jpg": PICTURE,
            "seg_test/seg_test/{forest,sea}/2{0..1}.jpg": PICTURE,
            "seg_pred/seg_pred/1{0..4}.jpg": PICTURE,
        },
        "forest 4/0/2, sea 4/0/2",
        5,
        ["seg_pred/ is unlabeled"],
    ),
    (
        "cell-images",
        {
            "cell_images/{Parasitized,Uninfected}/C{0..3}.png": PICTURE,
            "cell_images/cell_images/{Parasitized,Uninfected}/C{0..3}.png": PICTURE,
        },
        "Parasitized 3/0/1, Uninfected 3/0/1",
        8,
        ["outside of the class folders (in cell_images/cell_images/Parasitized)"],
    ),
    (
        "oxford-pets",
        {
            f"images/{PETS}.jpg": PICTURE,
            f"annotations/trimaps/{PETS}.png": PICTURE,
            "annotations/list.txt": "#Image CLASS-ID\nAbyssinian_1 1 1 1\n",
        },
        "",
        12,
        ["12 masks of other images left out", "one of 3 words (Abyssinian, Bengal, american_"],
    ),
    (
        "cub-200-2011",
        {
            "CUB_200_2011/images/{001.Albatross,002.Auklet}/A_{0..3}.jpg": PICTURE,
            "CUB_200_2011/images.txt": "1 001.Albatross/A_0.jpg\n",
            "CUB_200_2011/train_test_split.txt": "1 1\n",
        },
        "001.Albatross 3/0/1, 002.Auklet 3/0/1",
        0,
        ["text files among the images passed over", "20 % held out"],
    ),
    (
        "food-101",
        {
            "food-101/images/{apple_pie,baklava}/10{0..3}.jpg": PICTURE,
            "food-101/meta/train.txt": "apple_pie/100\napple_pie/101\nbaklava/101\nbaklava/103",
            "food-101/meta/test.txt": "apple_pie/102\napple_pie/103\nbaklava/100\nbaklava/102",
            "food-101/meta/classes.txt": "apple_pie\nbaklava\n",
        },
        "apple_pie 2/0/2, baklava 2/0/2",
        0,
        ["the splits are those that food-101/meta/test.txt, food-101/meta/train.txt list"],
    ),
    (
        "dtd",
        {
            "dtd/images/{banded,dotted}/{a,b}_{0..1}.jpg": PICTURE,
            "dtd/labels/{train,test}{1..2}.txt": "banded/a_0.jpg\n",
        },
        "banded 3/0/1, dotted 3/0/1",
        0,
        ["lists of the images of splits, not used since there are several of a split"],
    ),
    (
        "eurosat",
        {
            "EuroSAT/Forest/Forest_{0..4}.jpg": PICTURE,
            "EuroSAT/River/River_{0..4}.jpg": PICTURE,
            **{
                f"EuroSAT/{split}.csv": ",Filename,Label,ClassName\n"
                + rows("", "{i},Forest/Forest_{i}.jpg,0,Forest", numbers)
                + rows("", "{i},River/River_{i}.jpg,1,River", numbers)
                for split, numbers in (
                    ("train", range(3)),
                    ("validation", range(3, 4)),
                    ("test", range(4, 5)),
                )
            },
            "EuroSAT/label_map.json": '{"Forest": 0, "River": 1}',
        },
        "0 3/1/1, 1 3/1/1",
        0,
        ["EuroSAT/label_map.json: not used"],
    ),
    (
        "patch-camelyon",
        {
            "train/{0..9}a0f.tif": PICTURE,
            "test/{0..3}b0f.tif": PICTURE,
            "train_labels.csv": rows("id,label", "{i}a0f,{c}", range(10)),
        },
        "0 4/0/1, 1 4/0/1",
        4,
        ["4 unlabeled images in a test folder: kept out of pre-training"],
    ),
    (
        "mvtec-ad",
        {
            f"mvtec/{what}/{below}": PICTURE
            for what in ("bottle", "cable")
            for below in (
                "train/good/{000..003}.png",
                "test/{good,broken}/{000..001}.png",
                "ground_truth/broken/{000..001}_mask.png",
            )
        },
        "",
        16,
        [
            "each of bottle/, cable/ has splits and classes of its own",
            "8 unlabeled images in a test folder: kept out of pre-training",
            "4 masks of other images left out",
        ],
    ),
    (
        "chestx-ray14",
        {
            "images_{001..002}/images/0{0..5}_000.png": PICTURE,
            "Data_Entry_2017.csv": rows(
                "Image Index,Finding Labels,Patient ID,OriginalImage[Width,Height],",
                "x/images_001/images/0{i}_000.png,{c},{i},2682,2749,",
                range(6),
                "Hernia Edema|Hernia Edema",
            ),
            "BBox_List_2017.csv": "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
            "x/images_001/images/00_000.png,Hernia,225.0,547.0,86.7,79.1,,,\n",
        },
        "Edema 1/0/1, Hernia 1/0/1",
        6,
        [
            "2 images of Data_Entry_2017.csv left out",
            "BBox_List_2017.csv: not used: it marks boxes",
        ],
    ),
    (
        "roboflow-folder",
        {
            f"{split}/{{ripe,raw}}/{split}{{0..{last}}}_jpg.rf.1a2b.jpg": PICTURE
            for split, last in (("train", 3), ("valid", 1), ("test", 1))
        },
        "raw 4/2/2, ripe 4/2/2",
        0,
        [],
    ),
    (
        "roboflow-multiclass",
        {
            name: content
            for split, last in (("train", 5), ("valid", 1), ("test", 1))
            for name, content in (
                (f"{split}/{split}{{0..{last}}}.jpg", PICTURE),
                (
                    f"{split}/_classes.csv",
                    rows("filename, raw, ripe", split + "{i}.jpg, {c}", range(last + 1), "0,1 1,0"),
                ),
            )
        },
        "raw 3/1/1, ripe 3/1/1",
        0,
        [],
    ),
    (
        "imagenet",
        {
            f"ILSVRC/Data/CLS-LOC/train/{SYNSETS}/{SYNSETS}_{{0..1}}.JPEG": PICTURE,
            "ILSVRC/Data/CLS-LOC/val/ILSVRC2012_val_{0..5}.JPEG": PICTURE,
            "ILSVRC/Data/CLS-LOC/test/ILSVRC2012_test_{0..2}.JPEG": PICTURE,
            "LOC_{train,val}_solution.csv": rows(
                "ImageId,PredictionString",
                "ILSVRC2012_val_{i},n01440764 111 108 441 193 ",
                range(20),
            ),
            "LOC_synset_mapping.txt": "n01440764 tench, Tinca tinca\nn01443537 goldfish\n",
        },
        "n01440764 3/0/1, n01443537 3/0/1",
        9,
        ["LOC_val_solution.csv: not used: no column for the label among ImageId, Prediction"],
    ),
    (
        "tiny-imagenet",
        {
            f"tiny/train/{SYNSETS}/images/{SYNSETS}_{{0..1}}.JPEG": PICTURE,
            "tiny/val/images/val_{0..3}.JPEG": PICTURE,
            "tiny/val/val_annotations.txt": "val_0.JPEG\tn01440764\t0\t32\t44\t62\n",
            "tiny/test/images/test_{0..2}.JPEG": PICTURE,
        },
        "n01440764 3/0/1, n01443537 3/0/1",
        7,
        ["tiny/val/ has no classes: unlabeled", "3 unlabeled images in a test folder: kept out"],
    ),
    (
        "dog-breed",
        {
            "train/{0..9}d81f.jpg": PICTURE,
            "test/{0..3}c33e.jpg": PICTURE,
            "labels.csv": rows("id,breed", "{i}d81f,{c}", range(10), "dingo pekinese"),
        },
        "dingo 4/0/1, pekinese 4/0/1",
        4,
        ["the label is column breed"],
    ),
    (
        "state-farm",
        {
            "imgs/train/c0/img_0{0..3}.jpg": PICTURE,
            "imgs/train/c1/img_1{0..3}.jpg": PICTURE,
            "imgs/test/img_9{0..2}.jpg": PICTURE,
            "driver_imgs_list.csv": rows("subject,classname,img", "p{i},c0,img_0{i}.jpg", range(4))
            + rows("", "p{i},c1,img_1{i}.jpg", range(4)),
        },
        "c0 3/0/1, c1 3/0/1",
        3,
        [],
    ),
    (
        "celeba",
        {
            "img_align_celeba/img_align_celeba/00{0..7}.jpg": PICTURE,
            "list_attr_celeba.csv": rows("image_id,Smiling,Young", "00{i}.jpg,{c},-1", range(8)),
            "list_eval_partition.csv": rows("image_id,partition", "00{i}.jpg,{c}", range(8), "0 2"),
        },
        "",
        8,
        ["list_attr_celeba.csv: not used: no column for the label among image_id, Smiling, Young"],
    ),
    (
        "busi",
        {
            "Dataset_BUSI_with_GT/{benign,normal}/{benign,normal} ({1..2}).png": PICTURE,
            "Dataset_BUSI_with_GT/{benign,normal}/{benign,normal} ({1..2})_mask.png": PICTURE,
        },
        "benign 3/0/1, normal 3/0/1",
        0,
        ["8 masks of other images left out"],
    ),
    (
        "face-mask",
        {"data/with_mask/{0..3}.jpg": PICTURE, "data/without_mask/{0..3}.jpg": PICTURE},
        "with_mask 3/0/1, without_mask 3/0/1",
        0,
        [],
    ),
    (
        "plantvillage",
        {"plantvillage/{color,grayscale}/{Apple___healthy,Apple___scab}/{0..2}.jpg": PICTURE},
        "",
        12,
        ["each of color/, grayscale/ holds the same folders (Apple___healthy, Apple___scab)"],
    ),
    (
        "covid-radiography",
        {
            "COVID-19_Radiography_Dataset/COVID/{images,masks}/COVID-{1..4}.png": PICTURE,
            "COVID-19_Radiography_Dataset/Normal/{images,masks}/Normal-{1..4}.png": PICTURE,
        },
        "COVID 3/0/1, Normal 3/0/1",
        0,
        ["8 masks of other images left out"],
    ),
    (
        "gtsrb",
        {
            "Train/{0,1}/0000_{0..3}.png": PICTURE,
            "Test/0000{0..3}.png": PICTURE,
            "Train.csv": rows("Width,Height,ClassId,Path", "27,26,0,Train/0/0000_{i}.png", range(4))
            + rows("", "27,26,1,Train/1/0000_{i}.png", range(4)),
            "Test.csv": rows("Width,Height,ClassId,Path", "53,54,{c},Test/0000{i}.png", range(4)),
            "Meta/{0..1}.png": PICTURE,
            "Meta.csv": rows("Path,ClassId,ShapeId", "Meta/{i}.png,{i},1", range(2)),
        },
        "0 3/0/1, 1 3/0/1",
        6,
        [
            "Test.csv: not used: the folders or other tables are read instead",
            "Test/ has no classes",
        ],
    ),
    (
        "siim-melanoma",
        {
            "jpeg/train/ISIC_{00..09}.jpg": PICTURE,
            "jpeg/test/ISIC_{10..12}.jpg": PICTURE,
            "train.csv": rows(
                "image_name,patient_id,diagnosis,benign_malignant,target",
                "ISIC_{i:02},IP_{i},unknown,benign,{c}",
                range(10),
            ),
        },
        "0 4/0/1, 1 4/0/1",
        3,
        ["the label is column target"],
    ),
    (
        "fiftyone",
        {
            "{train,validation}/data/00000{0..3}.jpg": PICTURE,
            "{train,validation}/labels.json": '{"classes": ["a", "b"], "labels": {"000000": 0}}',
        },
        "",
        8,
        ["train/labels.json: not used", "train/, validation/ are splits and hold no classes"],
    ),
    (
        "hub-imagefolder",
        {
            "data/train/{0..5}.png": PICTURE,
            "data/test/{6..7}.png": PICTURE,
            "data/train/metadata.jsonl": "".join(
                json.dumps({"file_name": f"{n}.png", "label": n % 2}) + "\n" for n in range(6)
            ),
            "data/test/metadata.jsonl": "".join(
                json.dumps({"file_name": f"{n}.png", "label": n % 2}) + "\n" for n in (6, 7)
            ),
        },
        "0 3/0/1, 1 3/0/1",
        0,
        [],
    ),
]
