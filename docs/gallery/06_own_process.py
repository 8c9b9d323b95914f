# %% [markdown]
# # A process of your own
# A process looks at the state and returns moves; the model carries them out, so that nobody is lost or made. Here
# relief organisations send buses: every day one family in twenty takes a seat to the end of the road.

# %%
import caravana as cv


def offer_seats(state, world, draws, today, stream):
    walking = state.parties[:, world.caravan_rows, :, cv.Status.on_foot] * world.family
    member, row, kind = walking.nonzero()
    taken = stream.at(0).binomial(walking[member, row, kind], draws["seat"][member])
    source = world.cells(member, world.places + row, kind, cv.Status.on_foot)
    target = world.cells(member, world.destinations[0], kind, cv.Status.by_vehicle)
    return cv.Outcome(moves=(cv.Move("relief", source, target, taken),))


scenario = cv.load_scenario("tapachula-2021")
seat = cv.Parameter(
    name="seat", unit="1/day", value=0.05, low=0, high=1, basis=("assumption",), description="A seat", process="buses"
)
scenario = scenario.replace(parameters=[*scenario.parameters, seat])
order = cv.insert(cv.ORDER, cv.Process("buses", offer_seats, ("seat",)), after="advance")
ax = cv.simulate(scenario, members=64, until="2021-11-05", order=order).plot.headcount()
