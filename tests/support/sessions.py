"""What the tests of the app share: where it is, and how to read a page."""

from calculator.inputs import profile
from calculator.ui.session import navigation, state, store

APP = str(state.PROFILES.parent / "app.py")
START, USERS, CONSTRAINTS, REQUIREMENTS, REVIEW, DOCUMENT, BATCH = (
    navigation.file_of(name) for name, _ in navigation.PAGES
)
SHIPPED = [path.stem for path in profile.shipped(state.PROFILES)]


def shipped(name):
    return profile.load(state.PROFILES / f"{name}.toml")


def sound(at):
    """The page was drawn without an error of ours."""
    assert not at.exception, [error.value for error in at.exception]
    assert not at.error, [error.value for error in at.error]


def tile(at, label):
    """Value of a headline tile."""
    return next(metric.value for metric in at.metric if metric.label == label)


def texts(at):
    """Everything written on the page in words."""
    return [element.value for kind in (at.text, at.caption, at.markdown, at.error, at.info) for element in kind]


def plain(at):
    """The same without the signs that keep Markdown from reading it."""
    return [written.replace("\\", "") for written in texts(at)]


def session(at):
    """State of the session, apart from the values of widgets."""
    return at.session_state[store.KEY]


def given(at):
    """Given inputs of the open design."""
    return session(at).given


def sized(at):
    """The sized design that the page shows."""
    return session(at).cache["design"][1]


def title(at):
    """Title of the open design."""
    return session(at).opened.title


def seen(at, key):
    """The widget of a key, None where it is not on the page."""
    try:
        return at.get_by_key(key)
    except KeyError:
        return None
