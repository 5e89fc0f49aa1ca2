"""Everything that was told goes out: one turn of what a process does again and again."""

from app.operations.changing.editions_in_force import destinations_in_force
from app.operations.house import House
from app.operations.sending.couriers import Couriers
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import Senders, SentOut, send_due


def send_told(house: House, senders: Senders, couriers: Couriers[SentOut]) -> int:
    """Fan out what was told to the destinations in force, and send what is due; how much it was.

    Args:
        house: who acts where.
        senders: gives a destination's sender.
        couriers: the threads of the process.
    """
    with house.database.reading(house.tenant) as store:
        destinations = destinations_in_force(store).destinations
    told = fan_out(house, destinations)
    return told + send_due(house, senders, destinations, couriers=couriers).rows
