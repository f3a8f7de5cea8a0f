"""The states of the library in force: that of every document, and for those who may not see all one of what they see."""

from __future__ import annotations

import threading
from collections.abc import Callable

from assistant.errors import AssistantError, SnapshotError
from assistant.index import Snapshot
from assistant.library.catalogue import Catalogue, Library
from assistant.library.publishing import load_library, load_view, verify_view
from assistant.schema import Audience
from assistant.settings import Settings
from assistant.state import State

Load = Callable[[str, Audience, Snapshot], State]  # a snapshot's name, whose it is, and the full one


class Views:
    """The states of one library. A view is loaded when it is first asked for, once, and kept."""

    def __init__(self, library: Library, full: State, load: Load) -> None:
        self.library = library
        self.full = full
        self._load = load
        self._states: dict[str, State] = {}
        self._known: dict[str, State] = {}
        self._loading = threading.Lock()

    def of(self, audience: Audience) -> State:
        """The state that answers for an audience.

        Raises:
            SnapshotError: its snapshot is damaged, gone, or holds other documents than the audience may see.
        """
        if audience.everything:
            return self.full
        key = self.library.key(audience)
        found = self._states.get(key)
        if found is None:
            with self._loading:
                found = self._states.get(key)
                if found is None:
                    found = self._states[key] = self._loaded(key)
        return found

    def _loaded(self, key: str) -> State:
        name, audience = self.library.view(key), self.library.audiences()[key]
        held = self._known | {state.name: state for state in (self.full, *self._states.values())}
        state = held.get(name)
        if state is None:
            return self._load(name, audience, self.full.snapshot)
        verify_view(state.snapshot, audience, self.full.snapshot)
        return state

    def take_over(self, other: Views) -> None:
        """Loads what is in use in the views of the library before; what did not change is shared with them.

        Raises:
            SnapshotError: as ``of``.
        """
        used = dict(other._states)
        self._known = {state.name: state for state in used.values()}
        for key in used:
            self.of(other.library.audiences()[key])
        self._known = {}


class InForce:
    """The library in force here. Another one takes its place in one step; what was begun with the old one ends with it.

    ``stated`` gives the state of a snapshot and its name.
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        stated: Callable[[str, Snapshot], State],
        library: Library,
        snapshot: Snapshot,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._stated = stated
        self._switching = threading.Lock()
        self._views = self._views_of(library, snapshot)

    @property
    def state(self) -> State:
        """The state of every document."""
        return self._views.full

    def seen_by(self, audience: Audience) -> State:
        """See ``Assistant.seen_by``."""
        views = self._views
        try:
            return views.of(audience)
        except SnapshotError as error:
            try:
                self.refresh()  # a newer library may have been published, and what this one names swept
            except AssistantError:
                raise error from None  # what is wrong with the whole may name what the audience does not see
            if self._catalogue.read().snapshot == views.library.snapshot:
                raise
        return self.seen_by(audience)

    def refresh(self) -> None:
        """See ``Assistant.refresh``."""
        library = self._catalogue.read()
        if library.snapshot is not None and library.snapshot != self.state.name:
            self.use(library, load_library(self._settings, self._catalogue, library))

    def use(self, library: Library, snapshot: Snapshot) -> None:
        """Puts a published library in force with the views in use, unless another one has been published since."""
        views = self._views_of(library, snapshot)
        views.full.warm()
        views.take_over(self._views)
        with self._switching:
            if self._catalogue.read().snapshot == library.snapshot:
                self._views = views

    def _views_of(self, library: Library, snapshot: Snapshot) -> Views:
        return Views(library, self._stated(library.snapshot or "", snapshot), self._view)

    def _view(self, name: str, audience: Audience, full: Snapshot) -> State:
        state = self._stated(name, load_view(self._settings, self._catalogue, name, audience, full))
        state.warm()
        return state
