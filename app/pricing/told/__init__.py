"""What prices need to know of a unit, read from its facts alone.

dating riding          the day that counts; what rides together and was called off
claims                 services that somebody says were rendered
stop_clock equipment_days calendar_months    time at a stop, a container's days, anniversaries
package_size stock     what was measured; what lay in the warehouse when
exchange               the published rate between two currencies
"""
