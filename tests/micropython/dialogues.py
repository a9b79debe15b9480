# Runs on MicroPython: every dialogue of the drivers in Python, as tests/dialogues has them.
import json

from drivers.exchange import NoAnswer, Refused, WireError

with open("/app/vectors/dialogues.json") as file:
    rows = json.load(file)


def answered(talk, request, frame):
    if frame is None:
        return talk.send(None) if request.broadcast or request.may_be_silent else talk.throw(NoAnswer(1000))
    try:
        value = request.parse(bytes.fromhex(frame))
    except (WireError, Refused) as failure:
        return talk.throw(failure)
    assert value is not None, "the answer is not whole"
    return talk.send(value)


def plain(said):
    """As JSON has it: every tuple a list."""
    return [plain(each) for each in said] if isinstance(said, (list, tuple)) else said


def play(row):
    module = __import__(row["module"])
    for part in row["module"].split(".")[1:]:
        module = getattr(module, part)
    driver = getattr(module, row["class"])(row["address"], row["settings"])
    talk = getattr(driver, row["operation"])(*row["args"])
    try:
        request = next(talk)
        for sent, frame in row["talk"]:
            assert request.encode() == bytes.fromhex(sent), (request.encode(), sent)
            request = answered(talk, request, frame)
    except StopIteration as end:
        return plain(end.value)
    except Refused as refusal:
        return "Refused " + str(refusal)
    raise AssertionError("it asks more")


for row in rows:
    try:
        said = play(row)
    except Exception as error:
        print(row["driver"], row["operation"])
        raise error
    assert said == row["said"], (row["driver"], row["operation"], said, row["said"])
print(len(rows), "dialogues")
