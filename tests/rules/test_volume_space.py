"""Space of all volumes, and of each volume of a server."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call, call_correction

from calculator.inputs.choices import DesignApproach, Oddities

SHOWN, CORRECTED = Oddities
ONE, SEVERAL, SETS = DesignApproach


def test_a_label_names_one_database_or_a_range():
    found = call(
        "label_names_one_database",
        volume_design_approach=[ONE, SEVERAL, SEVERAL, SETS, SETS, ONE, SEVERAL],
        volume_volumes_computed=[1, 1, 6, 1, 3, 24, 6.5],
    )
    assert found.tolist() == [True, True, False, False, False, True, False]


def test_the_last_database_of_each_volume():
    found = call(
        "last_database_on_volume",
        label_names_one_database=[False, False, True, True, False, False, False],
        database_copies_per_server=[24, 26, 24, 4, 100, 0, 24],
        laid_out_databases_per_volume=[4, 4, 1, 4, 16, 4, 4],
        volume_database_volumes=[6, 7, 24, 1, 7, 0, NA],
    )
    assert found.shape == (100, 7)
    assert_figures(found[:8, 0], [4, 8, 12, 16, 20, 24, NA, NA])
    assert_figures(found[4:8, 1], [20, 24, 26, NA])
    assert_figures(found[22:25, 2], [23, 24, NA])
    assert_figures(found[:2, 3], [1, NA])
    assert_figures(found[5:8, 4], [96, 100, NA])
    assert_figures(found[:, 5:], NA)


def test_a_label_that_ends_at_a_hundred_is_misread():
    # Seven volumes of 16 for 100 databases: "DB97-DB100" is read as ending at 0, and no database is counted.
    last = [16, 32, 48, 64, 80, 96, 100]
    given = {
        "last_database_on_volume": tuple([number, number, NA] for number in last),
        "laid_out_databases_per_volume": 16,
        "guidance__oddities": [SHOWN, CORRECTED, SHOWN],
    }
    given["last_database_on_volume"] += ([NA, NA, NA],) * 93
    group = call("volume_group", **given)
    assert_figures(group[:8, 0], [1, 2, 3, 4, 5, 6, 0, NA])
    assert_figures(group[:8, 1], [1, 2, 3, 4, 5, 6, 7, NA])
    assert_figures(group[:, 2], NA)
    held = call(
        "databases_on_volume", volume_group=tuple(group.tolist()), laid_out_databases_per_volume=16, layout_rows=100
    )
    assert_figures(held[:8, 0], [16, 16, 16, 16, 16, 16, 0, NA])
    assert_figures(held[:8, 1], [16, 16, 16, 16, 16, 16, 4, NA])
    misread = {"layout_rows": 100, "database_copies_per_server": 100, "laid_out_databases_per_volume": 16}
    assert_figures(call("misread_databases", **misread), [-4])
    assert_figures(call_correction("misread_databases", layout_rows=100), [0])


def test_labels_of_the_tenth_volume_on_are_read_in_full():
    last = tuple([10.0 * number] for number in range(1, 101))
    group = call(
        "volume_group", last_database_on_volume=last, laid_out_databases_per_volume=10, guidance__oddities=SHOWN
    )
    assert_figures(group[:, 0], [float(number) for number in range(1, 101)])


SIZES = {
    "volume_database_size_with_overhead": 100,
    "volume_log_size_with_overhead": 10,
    "laid_out_databases_per_volume": 4,
    "data__volume_free_space": [0, 0, 0, 0.2, 0, 0, 0],
    "logs_share_volume": [True, False, True, True, True, True, True],
}


def test_the_size_of_each_volume():
    databases = ([4, 4, 4, 4, 4, 0, NA],) * 100
    found = call(
        "database_volume_size",
        **SIZES,
        databases_on_volume=databases,
        data__dedicated_restore_volume=[True, True, False, True, False, True, True],
        guidance__oddities=[SHOWN, SHOWN, SHOWN, SHOWN, CORRECTED, SHOWN, SHOWN],
        content_index_share=0.2,
    )
    # 400 GB, content index 80 and one more of 20, logs 40; room for maintenance 110 for one database
    assert_figures(found[0], [540, 500, 650, 675, 650, 20, NA])
    assert_figures(found[49], found[0].tolist())
    # from the 51st volume on for all four: 440 GB
    assert_figures(found[50], [540, 500, 980, 675, 650, 20, NA])
    logs = call(
        "log_volume_size",
        databases_on_volume=databases,
        volume_log_size_with_overhead=10,
        logs_share_volume=SIZES["logs_share_volume"],
        data__volume_free_space=[0, 0.2, 0, 0.2, 0, 0, 0],
    )
    assert_figures(logs[0], [0, 50, 0, 0, 0, 0, NA])


def test_maintenance_room_of_all_volumes():
    given = {
        "data__dedicated_restore_volume": [False, False, True, False, False, False],
        "layout_rows": [24, 100, 24, 0, 1, 240],
        "laid_out_databases_per_volume": [4, 1, 4, 4, 1, 4],
        "volume_database_size_with_overhead": 100,
    }
    # The last design has 60 volumes of 4: the workbook counts 50 volumes and the other 40 databases.
    shown = call("maintenance_space_of_server", **given, misread_databases=0)
    assert_figures(shown, [660, 11_000, 0, 0, 110, 9900])
    assert_figures(call_correction("maintenance_space_of_server", **given), [660, 11_000, 0, 0, 110, 6600])


def test_space_of_server_dag_and_environment():
    given = {
        "environment__high_availability": [True, False, True],
        "valid": [True, True, False],
        "layout_rows": [24, 24, 0],
        "dags_total": 2,
        "environment__mailbox_servers": 3,
    }
    for name, size in (
        ("volume_database_space_net", "volume_database_size"),
        ("volume_database_space", "volume_database_size_with_overhead"),
        ("volume_log_space", "volume_log_size_with_overhead"),
    ):
        found = call(name, **given, **{size: 10}, database_copies_per_dag=192)
        assert_figures(found, ([240, 240, 0], [1920, NA, NA], [3840, 720, NA]))
    mailboxes = call("volume_mailboxes", **given, volume_mailboxes_per_database=100, mailboxes_per_dag=4800)
    assert_figures(mailboxes, ([NA, 2400, NA], [4800, NA, NA], [9600, 7200, NA]))


def test_volumes_of_server_dag_and_environment():
    given = {
        "environment__high_availability": True,
        "valid": True,
        "layout_rows": 24,
        "volume_database_volumes": [6, 0],
        "volume_log_size_with_overhead": 10,
        "database_copies_per_dag": 192,
        "data__volume_free_space": 0.2,
        "dags_total": 2,
        "environment__mailbox_servers": 3,
    }
    found = call(
        "volume_database_volume_space",
        **given,
        misread_databases=0,
        laid_out_databases_per_volume=4,
        volume_database_size_with_overhead=100,
        maintenance_space_of_server=0,
        logs_share_volume=True,
        volume_database_volume_size=675,
        content_index_share=0.2,
    )
    # 24 databases, their index and 6 more, and their logs: 2,400 + 480 + 120 + 240 over 0.8
    assert_figures(found, ([4050, 0], [32_400, 32_400], [64_800, 64_800]))
    logs = call("volume_log_volume_space", **given, logs_share_volume=False, volume_log_volume_size=12.5)
    assert_figures(logs, ([300, 0], [2400, 2400], [4800, 4800]))


def test_space_of_all_copies():
    high = {"environment__high_availability": [True, False]}
    assert_figures(call("database_space", volume_database_size_with_overhead=100, databases=48), [4800])
    assert_figures(call("database_space_all_copies", **high, database_space=4800, copies_total=4), [19_200, NA])
    assert_figures(
        call(
            "database_space_per_member", **high, volume_database_size_with_overhead=100, database_copies_per_server=24
        ),
        [2400, NA],
    )
    assert_figures(call("log_space_all_copies", **high, log_space=480, copies_total=4), [1920, NA])
    assert_figures(
        call("log_space_per_member", **high, volume_log_size_with_overhead=10, database_copies_per_server=24), [240, NA]
    )
