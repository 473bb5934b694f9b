"""The codes of what fails with tables, each with its sentence."""

from django.utils.translation import gettext_noop

from sambung.lib import failures

failures.register(
    {
        "data_no_tables": gettext_noop(
            "There is no table here. Add a file with one, such as CSV, Excel, JSON lines or Parquet, or name a sheet."
        ),
        "data_no_file": gettext_noop("There is no file or sheet called %(name)s here."),
        "data_no_table": gettext_noop("There is no table %(name)s. There are: %(tables)s"),
        "data_only_reads": gettext_noop("Tables are only read: a question is a SELECT. %(statement)s was not run."),
        "data_one_statement": gettext_noop("A question is one SELECT, not none and not several."),
        "data_other_files": gettext_noop(
            "A question reads the tables that are listed, and no other file or address. %(name)s was not run."
        ),
        "data_sql": gettext_noop("The question cannot be answered: %(problem)s"),
        "data_too_slow": gettext_noop("This took longer than %(seconds)s seconds and was stopped. Ask for less."),
        "data_too_large": gettext_noop("The question needs more than %(most)s of memory. Ask for less."),
        "data_too_many_rows": gettext_noop("The result has %(count)s rows; a file takes %(most)s. Ask for fewer."),
        "data_result_large": gettext_noop("The result is too large for a file or document. Ask for less."),
        "data_chart_rows": gettext_noop("A chart takes 1 to %(most)s rows; the result has %(count)s."),
        "data_chart_column": gettext_noop("The result has no column %(name)s. It has: %(columns)s"),
        "data_crashed": gettext_noop("The process that reads tables ended unexpectedly. Try again, or ask for less."),
        "data_memory": gettext_noop("There was too little memory to read this. Make the file smaller."),
        "data_unreadable": gettext_noop("“%(name)s” cannot be read as a table: it is broken, or of another kind."),
        "data_password": gettext_noop("“%(name)s” is protected with a password. Save it without one and add it again."),
        "data_empty": gettext_noop("“%(name)s” has no rows."),
        "data_columns": gettext_noop("“%(name)s” has more than %(most)s columns, which are not read."),
        "data_long_cell": gettext_noop("A cell is longer than %(most)s characters: a quote may not be closed."),
        "data_no_object": gettext_noop("“%(name)s” is no list of objects: line or entry %(line)s is none."),
        "data_file_large": gettext_noop("“%(name)s” is larger than 200 MB, which is not read as a table."),
        "data_file_lost": gettext_noop("“%(name)s” is not there any more."),
    }
)
