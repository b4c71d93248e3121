"""Public text data sets as they are downloaded, in miniature.

Where each layout is from, `resources/help/layouts.md` says.
"""

import json

from tests.core.data.miniatures import rows, sentence

TRAIN, TEST, VAL = range(12), range(12, 18), range(18, 24)


def splits(pattern: str, head: str, row: str, names: str = "0 1") -> dict[str, str]:
    """A file of rows for training, validation and test."""
    numbers = {"train": TRAIN, "test": TEST, "dev": VAL}
    return {
        pattern.replace("SPLIT", split): rows(head, row, numbers[split], names) for split in numbers
    }


def quoted(numbers: range, count: int) -> str:
    """Rows without a header, as of AG News and Yelp: class, title, text."""
    return "".join(
        f'"{n % count + 1}","Week {n}: {sentence(n)[:40]}","{sentence(n)} and after"\n'
        for n in numbers
    )


SCICITE = '{{"string": "{s}", "label": "{c}", "sectionName": "Introduction", "id": "x>{i}"}}'
AMAZON = '{{"asin": "13{i}", "helpful": [0, 0], "reviewText": "{s}", "overall": 5.0}}'
TOXIC = "id,comment_text,toxic,obscene"
# Name, files, classes with their counts per split, unlabeled texts, what is said.
LAYOUTS = [
    (
        "glue-sst2",
        {
            "SST-2/train.tsv": rows("sentence\tlabel", "{s}\t{c}", TRAIN),
            "SST-2/dev.tsv": rows("sentence\tlabel", "{s}\t{c}", VAL),
            "SST-2/test.tsv": rows("index\tsentence", "{i}\t{s}", TEST),
        },
        "0 5/3/1, 1 5/3/1",
        6,
        ["6 unlabeled texts in a test split: kept out of pre-training"],
    ),
    (
        "glue-rte",
        {
            "RTE/train.tsv": rows(
                "index\tsentence1\tsentence2\tlabel", "{i}\t{s}\t{s} 2\t{c}", TRAIN
            ),
            "RTE/dev.tsv": rows("index\tsentence1\tsentence2\tlabel", "{i}\t{s} 2\t{s}\t{c}", VAL),
        },
        "0 5/3/1, 1 5/3/1",
        0,
        ["the text is column sentence1", "sentences in sentence2 too, which are not read"],
    ),
    (
        "glue-cola",
        {
            "CoLA/train.tsv": "".join(
                f"gj04\t{n % 2}\t{'*' * (n % 2)}\t{sentence(n)}\n" for n in TRAIN
            )
        },
        "",
        12,
        ["its first row names no columns", "there is no label among column 1, column 2, col"],
    ),
    (
        "acl-imdb",
        {
            "aclImdb/train/{pos,neg}/{0..3}_9.txt": "{s}",
            "aclImdb/test/{pos,neg}/{4..7}_2.txt": "{s}",
            "aclImdb/train/unsup/{8..9}_0.txt": "{s}",
            "aclImdb/train/urls_{pos,neg,unsup}.txt": "http://www.imdb.com/title/tt1/\n" * 4,
            "aclImdb/imdbEr.txt": "0.04909\n0.20136\n",
            "aclImdb/imdb.vocab": "the\nand\n",
            "aclImdb/README": "Large Movie Review Dataset v1.0",
        },
        "neg 4/0/4, pos 4/0/4",
        2,
        ["lists of names or numbers, not texts: passed over (imdbEr.txt, urls_neg.txt"],
    ),
    (
        "ag-news",
        {
            "ag_news_csv/train.csv": quoted(range(20), 4),
            "ag_news_csv/test.csv": quoted(range(20, 36), 4),
            "ag_news_csv/classes.txt": "World\nSports\nBusiness\nSci/Tech\n",
            "ag_news_csv/readme.txt": "AG's News Topic Classification Dataset",
        },
        "1 5/0/4, 2 5/0/4, 3 5/0/4, 4 5/0/4",
        0,
        ["the label is column column 1", "passed over (classes.txt)", "sentences in column 2 too"],
    ),
    (
        "ag-news-kaggle",
        {
            "train.csv": rows("Class Index,Title,Description", "{c},A title,{s}", TRAIN, "1 2"),
            "test.csv": rows("Class Index,Title,Description", "{c},A title,{s}", TEST, "1 2"),
        },
        "1 6/0/3, 2 6/0/3",
        0,
        ["the label is column Class Index"],
    ),
    (
        "20-newsgroups",
        {
            "20news-bydate-train/{alt.atheism,sci.space}/{51060..51062}": "Subject: a\n\n{s}",
            "20news-bydate-test/{alt.atheism,sci.space}/{53060..53061}": "Subject: b\n\n{s}",
        },
        "alt.atheism 3/0/2, sci.space 3/0/2",
        0,
        ["20news-bydate-test/ is the split test"],
    ),
    (
        "trec",
        {
            "train_5500.label": rows("", "{c} {s}?", TRAIN, "DESC:manner LOC:city"),
            "TREC_10.label": rows("", "{c} {s}?", TEST, "DESC:manner LOC:city"),
        },
        "DESC:manner 7/0/2, LOC:city 7/0/2",
        0,
        ["each line is a text, its label before the first blank of each line"],
    ),
    (
        "uci-sms",
        {"SMSSpamCollection": rows("", "{c}\t{s}", TRAIN, "ham spam"), "readme": "SMS Spam v.1"},
        "ham 5/0/1, spam 5/0/1",
        0,
        ["SMSSpamCollection: each line is a text, its label before the first tab of each line"],
    ),
    (
        "kaggle-spam",
        {
            "spam.csv": rows(
                "v1,v2,,,", "{c},{s} I\u2019m caf\xe9 \xa3{i},,,", TRAIN, "ham spam"
            ).encode("cp1252")
        },
        "ham 5/0/1, spam 5/0/1",
        0,
        ["the text is column v2", "the label is column v1", "read as Windows-1252"],
    ),
    (
        "uci-sentences",
        {
            "sentiment labelled sentences/{imdb,yelp}_labelled.txt": rows("", "{s}  \t{c}", TRAIN),
            "sentiment labelled sentences/readme.txt": "This dataset was created",
        },
        "0 10/0/2, 1 10/0/2",
        0,
        ["its label after the last tab of each line"],
    ),
    (
        "emotions",
        {
            "train.txt": rows("", "{s};{c}", TRAIN, "joy anger"),
            "val.txt": rows("", "{s};{c}", VAL, "joy anger"),
            "test.txt": rows("", "{s};{c}", TEST, "joy anger"),
        },
        "anger 6/3/3, joy 6/3/3",
        0,
        ["its label after the last semicolon of each line"],
    ),
    (
        "banking77",
        {
            "banking_data/train.csv": rows("text,category", "{s},{c}", TRAIN, "card_arrival lost"),
            "banking_data/test.csv": rows("text,category", "{s},{c}", TEST, "card_arrival lost"),
            "banking_data/categories.json": '["card_arrival", "lost"]',
        },
        "card_arrival 6/0/3, lost 6/0/3",
        0,
        [],
    ),
    (
        "scicite",
        splits("scicite/SPLIT.jsonl", "", SCICITE, "method result"),
        "method 6/3/3, result 6/3/3",
        0,
        ["the text is column string"],
    ),
    (
        "nlp-getting-started",
        {
            "train.csv": rows("id,keyword,location,text,target", "{i},ablaze,UK,{s},{c}", TRAIN),
            "test.csv": rows("id,keyword,location,text", "{i},,,{s}", TEST),
            "sample_submission.csv": rows("id,target", "{i},0", TEST),
        },
        "0 5/0/1, 1 5/0/1",
        6,
        ["sample_submission.csv: left out"],
    ),
    (
        "jigsaw-toxic",
        {
            "train.csv": rows(TOXIC, "{i}a,{s},{c},1", TRAIN),
            "test.csv": rows("id,comment_text", "{i}a,{s}", TEST),
            "test_labels.csv": rows("id,toxic,obscene", "{i}a,-1,-1", TEST),
        },
        "obscene 10/0/2, toxic 5/0/1",
        6,
        ["multi-label classification: each text may have any of 2 labels"],
    ),
    (
        "fasttext-cooking",
        {
            "cooking.train": rows("", "__label__{c} {s}", TRAIN, "sauce bread")
            + "__label__sauce __label__bread how long does it keep\n",
            "cooking.valid": rows("", "__label__{c} {s}", VAL, "sauce bread"),
        },
        "bread 5/3/1, sauce 5/3/1",
        0,
        ["1 text with several labels: left out"],
    ),
    (
        "amazon-reviews",
        {"Musical_Instruments_5.json": rows("", AMAZON, TRAIN)},
        "",
        12,
        ["the text is column reviewText", "there is no label among asin, helpful, overall"],
    ),
    (
        "airline-tweets",
        {
            "Tweets.csv": rows(
                "tweet_id,airline_sentiment,airline_sentiment_confidence,name,text",
                "57{i},{c},1.0,jnardino,{s}",
                TRAIN,
                "neutral negative",
            )
        },
        "negative 5/0/1, neutral 5/0/1",
        0,
        ["the label is column airline_sentiment"],
    ),
    (
        "twitter-entities",
        {
            "twitter_training.csv": rows(
                "", '{i},Borderlands,{c},"{s}, again"', TRAIN, "Neutral Positive"
            ),
            "twitter_validation.csv": rows(
                "", "{i},Amazon,{c},{s}", range(18, 20), "Neutral Positive"
            ),
        },
        "Neutral 5/1/1, Positive 5/1/1",
        0,
        ["twitter_validation.csv: the text is column column 4", "the label is column column 3"],
    ),
    (
        "news-categories",
        {
            "News_Category_Dataset_v3.json": rows(
                "", '{{"headline": "{s}", "category": "{c}", "link": "https://a/b"}}', TRAIN, "A B"
            )
        },
        "A 5/0/1, B 5/0/1",
        0,
        ["the text is column headline"],
    ),
    (
        "sarcasm-headlines",
        {
            "Sarcasm_Headlines_Dataset.json": rows(
                "", '{{"article_link": "https://a/b", "headline": "{s}", "is_sarcastic": 1}}', TRAIN
            )
        },
        "",
        12,
        ["there is no label among article_link, is_sarcastic (data.label_column)"],
    ),
    (
        "enron-spam",
        {
            "enron{1..2}/{ham,spam}/{0001..0006}.farmer.txt": "Subject: x\n{s}",
            "enron{1..2}/Summary.txt": "Legitimate\n----------\n- Owner: farmer-d",
        },
        "ham 10/0/2, spam 10/0/2",
        2,
        ["enron1/, enron2/ are read as parts, each with the same class folders"],
    ),
    (
        "tweeteval",
        {
            "emotion/train_text.txt": rows("", "{s} ", TRAIN),
            "emotion/test_text.txt": rows("", "{s} ", VAL),
            "emotion/{train,test}_labels.txt": "0\n1\n3\n",
            "emotion/mapping.txt": "0\tanger\n1\tjoy\n",
        },
        "",
        13,
        [
            "lists of names or numbers, not texts: passed over (mapping.txt, test_labels.txt",
            "1 unlabeled text in a test split: kept out of pre-training",
        ],
    ),
    (
        "movie-reviews",
        {
            "rt-polaritydata/rt-polarity.pos": rows("", "{s} .", TRAIN),
            "rt-polaritydata/rt-polarity.neg": rows("", "{s} .", VAL) * 2,
            "rt-polaritydata.README.1.0.txt": "Introduction",
        },
        "",
        24,
        ["nothing in rt-polarity.neg, rt-polarity.pos says a class: if each file is one"],
    ),
    (
        "quora-insincere",
        {
            "train.csv": rows("qid,question_text,target", "00{i}a,{s},{c}", TRAIN),
            "test.csv": rows("qid,question_text", "00{i}a,{s}", TEST),
            "embeddings/glove.840B.300d/glove.840B.300d.txt": "the 0.1 0.2\nof -0.3 1e-2\n",
        },
        "0 5/0/1, 1 5/0/1",
        6,
        ["passed over (glove.840B.300d.txt)"],
    ),
    (
        "rotten-tomatoes",
        {
            "train.tsv": rows("PhraseId\tSentenceId\tPhrase\tSentiment", "{i}\t1\t{s}\t{c}", TRAIN),
            "test.tsv": rows("PhraseId\tSentenceId\tPhrase", "{i}\t1\t{s}", TEST),
            "sampleSubmission.csv": rows("PhraseId,Sentiment", "{i},2", TEST),
        },
        "0 5/0/1, 1 5/0/1",
        6,
        ["the label is column Sentiment"],
    ),
]
REFUSED = [
    (
        "fer2013",
        {
            "fer2013.csv": rows(
                "emotion,pixels,Usage", "{c}," + "70 80 82 " * 90 + ",Training", TRAIN
            )
        },
        "no column holds text (there are: emotion, pixels, Usage; pixels holds the pixels of",
    ),
    (
        "clinc150",
        {
            "data_full.json": json.dumps(
                {"train": [["wake me", "timer"]] * 2, "val": [["hi", "oos"]]}
            )
        },
        "it is a JSON object that is no table (it has: train, val)",
    ),
]
