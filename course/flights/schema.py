"""What a flight and a weather reading must look like to enter the pipeline (pandera)."""

import pandera.pandas as pa

from course.flights.features import CARRIERS, ORIGINS

# Bounds are physical or operational: a value outside is a recording fault, not a rare flight.
FLIGHTS = pa.DataFrameSchema(
    {
        "month": pa.Column(int, pa.Check.in_range(1, 12)),
        "day": pa.Column(int, pa.Check.in_range(1, 31)),
        "carrier": pa.Column(str, pa.Check.isin(CARRIERS)),
        "origin": pa.Column(str, pa.Check.isin(ORIGINS)),
        "dest": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{3}$")),
        "sched_dep_time": pa.Column(int, pa.Check(lambda t: (t // 100 < 24) & (t % 100 < 60), name="clock_time")),
        "sched_arr_time": pa.Column(int, pa.Check(lambda t: (t // 100 < 24) & (t % 100 < 60), name="clock_time")),
        # The shortest scheduled route from New York is 80 miles; the three airports are closer to one another.
        "distance": pa.Column(int, pa.Check.in_range(50, 6000)),
        "dep_delay": pa.Column(float, pa.Check.in_range(-90, 1440), nullable=True),
        "arr_delay": pa.Column(float, pa.Check.in_range(-180, 1440), nullable=True),
    },
    unique=["time_hour", "minute", "carrier", "flight", "origin"],
)
WEATHER = pa.DataFrameSchema(
    {
        "origin": pa.Column(str, pa.Check.isin(ORIGINS)),
        "temp": pa.Column(float, pa.Check.in_range(-20, 120), nullable=True),  # degrees Fahrenheit
        "humid": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),  # percent
        # The strongest gust ever recorded at a surface station is 253 mph.
        "wind_speed": pa.Column(float, pa.Check.in_range(0, 253), nullable=True),  # mph
        "precip": pa.Column(float, pa.Check.in_range(0, 12), nullable=True),  # inches an hour
        "pressure": pa.Column(float, pa.Check.in_range(870, 1085), nullable=True),  # millibar
        "visib": pa.Column(float, pa.Check.in_range(0, 10), nullable=True),  # miles
    },
    unique=["origin", "time_hour"],
)
