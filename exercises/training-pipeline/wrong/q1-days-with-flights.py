# loses: 2
# message: A calendar day without flights counts as a day: count calendar days back from the last one.
# public: passes
def forward_split(flights, days):
    day = flights["scheduled"].dt.normalize()
    last = sorted(day.unique())[-days:]
    return flights[~day.isin(last)], flights[day.isin(last)]
